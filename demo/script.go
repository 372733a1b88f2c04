package demo

import (
	"time"

	"dropcut/pipeline/timeline"
)

// rate is the demo recording's own.
var rate = timeline.Rate30

// show is what happens when: everything else is drawn after it. Instants are
// frames from the recording's zero.
type show struct {
	frames    int64
	reveal    int64 // the cloth comes off
	soldOut   int64
	still     timeline.Window // dead air: the host is away
	misclick  int64           // somebody pressed the marker button there
	sentences []sentence
}

// sentence is something the host says, and when.
type sentence struct {
	at    time.Duration
	end   time.Duration
	text  string
	voice []float32 // mono, 48 kHz
}

// usual is the length the script is written for.
const usual = 10 * time.Minute

// newShow lays the script out over a length. A short recording keeps the
// reveal and what is said around it.
func newShow(length time.Duration) show {
	share := func(d time.Duration) time.Duration { return shareOf(d, length) }
	f := rate.Frames
	s := show{frames: f(length), reveal: f(share(412 * time.Second))}
	s.soldOut = s.reveal + f(min(47*time.Second, length/6))
	away := 3 * time.Second
	if length >= 2*time.Minute {
		away = 44 * time.Second // long enough that nobody takes a mark in its middle for a moment
	}
	s.still = timeline.Window{In: f(share(168 * time.Second)), Out: f(share(168*time.Second) + max(share(48*time.Second), away))}
	s.misclick = (s.still.In + s.still.Out) / 2
	return s
}

// shareOf is d of the usual length as a share of another.
func shareOf(d, length time.Duration) time.Duration {
	return time.Duration(timeline.DivRound(int64(d), int64(length), int64(usual)))
}

// cue is a line of the script: milliseconds from the reveal, or from the
// beginning of a recording of the usual length.
type cue struct {
	ms   int64
	text string
}

// aroundReveal is timed to the second: the count-down, the stock, the end.
var aroundReveal = []cue{
	{-62000, "Okay, one minute. Get your thumbs ready."},
	{-56500, "This is drop number seven, and I have been hiding it since the summer."},
	{-50000, "It is a lamp. It is made by hand, and it is signed on the bottom."},
	{-43000, "Fifty pieces. That is all there is, and there is no second run."},
	{-36000, "The price is forty eight dollars, and shipping is on me."},
	{-29500, "If your cart gets stuck, try again, because people change their minds."},
	{-22500, "Chat, are you ready? I can not hear you."},
	{-16500, "Hands off the cloth, I can see you in the front row."},
	{-9500, "Okay chat, here it is."},
	{-5000, "Five."}, {-4000, "Four."}, {-3000, "Three."}, {-2000, "Two."}, {-1000, "One."},
	{2200, "The Moon Lamp!"},
	{4600, "It is live. The link is live. Go, go, go!"},
	{9800, "Forty left. You are quick tonight."},
	{14600, "Half of them are gone, and it has been fifteen seconds."},
	{20000, "Tap it once for warm light, tap it twice for moonlight."},
	{26000, "Every one of them looks different, because every one is made by hand."},
	{32200, "Ten left! This is the last call."},
	{37000, "Five left. Somebody in the front row is shaking."},
	{43000, "Three."}, {44200, "Two."}, {45400, "One."},
	{49000, "Sold out! Fifty lamps in forty seven seconds."},
	{54500, "You people are unbelievable. Thank you, thank you."},
	{60000, "If you missed it, do not worry. Drop number eight is next Friday."},
	{67000, "Now I need some water, and then we pack your orders."},
}

// allEvening is what is said when nothing much happens.
var allEvening = []cue{
	{3000, "Good evening, and welcome to the night market."},
	{8000, "If you are new here, we sell one small thing a week, and we sell it live."},
	{18000, "The dumplings next door just came out of the steamer, so it smells amazing here."},
	{33000, "Hello to everybody from Lisbon, I can see a lot of you tonight."},
	{47000, "The drop is in about six minutes, so you have time for a tea."},
	{63000, "Somebody asks if we ship to Norway. Yes, we ship to Norway."},
	{80000, "Last week it was the teapots, and they were gone before I could blink."},
	{98000, "It started to rain a little, but the lanterns are still on."},
	{114000, "I have a blue one at home, and my cat is in love with it."},
	{131000, "Keep the questions coming, I read every single one of them."},
	{148000, "I have to fetch the box from the van. Give me one minute."},
	{222000, "And we are back. I have the box, and it is heavier than I thought."},
	{236000, "No, I will not open it early. Nice try, though."},
	{252000, "The signature is on the bottom, next to the number."},
	{268000, "It runs for nine hours, and you charge it like your phone."},
	{284000, "Thank you for the hearts, they go straight to the tip jar."},
	{301000, "We are at the corner by the bridge, if you are in town."},
	{318000, "Two minutes left. I am more nervous than you are."},
	{334000, "My sister packs every order, so be kind to her."},
	{500000, "Let us have a look at where they all go."},
	{514000, "One goes to Norway. I told you that we ship to Norway."},
	{532000, "The next drop is bigger, and that is all I am going to say."},
	{550000, "Thank you for standing in the rain with me."},
	{566000, "Good night, everybody, and get home safe."},
}

// speak decides when everything is said, given how long each takes (say).
// What finds no room is left out: nothing is said over something else, in dead
// air, or past an end.
func (s *show) speak(say func(text string) ([]float32, error)) error {
	for _, c := range aroundReveal {
		if err := s.add(rate.Duration(s.reveal)+millis(c.ms), c.text, say); err != nil {
			return err
		}
	}
	for _, c := range allEvening {
		if err := s.add(shareOf(millis(c.ms), rate.Duration(s.frames)), c.text, say); err != nil {
			return err
		}
	}
	sortSentences(s.sentences)
	return nil
}

const pause = 150 * time.Millisecond // at least, between sentences

func (s *show) add(at time.Duration, text string, say func(string) ([]float32, error)) error {
	if !s.hasRoom(at, at+200*time.Millisecond) {
		return nil
	}
	voice, err := say(text)
	if err != nil {
		return err
	}
	long := samplesLong(len(voice))
	for _, o := range s.sentences { // a sentence may begin a little later than written, never over another
		if at < o.end+pause && at+2*time.Second > o.end && at > o.at {
			at = o.end + pause
		}
	}
	for _, o := range s.sentences {
		if at < o.end+pause && o.at < at+long+pause {
			return nil
		}
	}
	if s.hasRoom(at, at+long) {
		s.sentences = append(s.sentences, sentence{at: at, end: at + long, text: text, voice: voice})
	}
	return nil
}

// hasRoom reports whether something may be said there at all.
func (s *show) hasRoom(from, to time.Duration) bool {
	const edge = 300 * time.Millisecond
	awayFrom, awayTo := rate.Duration(s.still.In)-time.Second, rate.Duration(s.still.Out)+time.Second
	return from >= edge && to <= rate.Duration(s.frames)-edge && (to <= awayFrom || from >= awayTo)
}

// stock is how many lamps are left, by seconds after the reveal, in a show
// whose sale lasts 47 s.
var stock = []struct{ at, left float64 }{{0, 50}, {2, 49}, {9.8, 40}, {14.6, 25}, {24, 16}, {32.2, 10}, {37, 5}, {43, 3}, {44.2, 2}, {45.4, 1}, {47, 0}}

// left is how many lamps are left at frame n.
func (s show) left(n int64) int {
	if n <= s.reveal {
		return 50
	}
	at := 47 * float64(n-s.reveal) / float64(s.soldOut-s.reveal)
	for i, p := range stock[1:] {
		q := stock[i]
		if at < p.at {
			return int(q.left - (q.left-p.left)*(at-q.at)/(p.at-q.at) + 0.5)
		}
	}
	return 0
}
