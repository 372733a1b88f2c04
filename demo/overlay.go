package demo

import "fmt"

// overlay is what the broadcast lays over every shot: the live badge, a pill in
// the middle with the count-down and the stock, the timecode, the chat.
type overlay struct {
	scale    float32
	badge    *sprite
	pill     *sprite
	pillHot  *sprite
	small    [11]*sprite // 0 … 9 and the colon, for the timecode
	large    [11]*sprite // for the pill
	dropIn   *sprite
	leftText *sprite
	soldOut  *sprite
	chat     []*sprite // lines, oldest first
	card     *sprite   // while the host is away
}

const (
	smallStep = 17
	largeStep = 35
	chatStep  = 54
)

// said is what the chat writes, in turn; who, and the colour of the name.
var said = []struct {
	who, text string
	tint      uint32
}{
	{"marisol", "the lights look so good tonight", 0xFFB45C}, {"tea_and_toast", "hi from Lisbon!", 0x6FD3C9},
	{"brokk", "what is under the cloth??", 0xFF8A9A}, {"nightowl_22", "first time here, cozy", 0xB7A3FF},
	{"jun", "dumplings, please", 0x9BD66B}, {"fen", "is it a teapot again", 0xFFB45C},
	{"softserve", "shipping to Norway?", 0x6FD3C9}, {"oda", "my wallet is ready", 0xFF8A9A},
	{"kestrel", "that neon sign though", 0x9BD66B}, {"pim", "one minute!!", 0xB7A3FF},
	{"marisol", "I AM READY", 0xFFB45C}, {"wren", "cart open, hands shaking", 0x6FD3C9},
	{"brokk", "LETS GO", 0xFF8A9A}, {"jun", "oh wow", 0x9BD66B}, {"fen", "A MOON", 0xFFB45C},
	{"oda", "got one!!", 0xFF8A9A}, {"nightowl_22", "number 17 is mine", 0xB7A3FF}, {"pim", "so pretty", 0x9BD66B},
}

func newOverlay(scale float32) *overlay {
	o := &overlay{scale: scale}
	c := newCanvas(56, 56, 320, 64, scale)
	c.fill(plate(60, 58, 186, 112, 12), flat(hex(0xD6332F)))
	c.fill(circle(86, 85, 7), flat(hex(0xFFFFFF)))
	c.letters(102, 97, 31, bold, hex(0xFFFFFF), "LIVE")
	c.fill(plate(196, 58, 360, 112, 12), flat(hex(0x0E0A0C).at(0.72)))
	c.letters(216, 96, 28, plain, hex(0xF2E6D4), "4,812")
	c.fill(circle(332, 80, 6), flat(hex(0xF2E6D4)))
	c.fill(new(shape).move(320, 99).cube(320, 86, 344, 86, 344, 99), flat(hex(0xF2E6D4)))
	o.badge = c.sprite()
	o.pill, o.pillHot = o.plate(hex(0x0E0A0C).at(0.78)), o.plate(hex(0x7A2420).at(0.9))
	for i := range o.small {
		o.small[i] = o.digit(i, 28, smallStep, hex(0xF2E6D4))
		o.large[i] = o.digit(i, 58, largeStep, hex(0xFFFFFF))
	}
	o.dropIn = o.words("DROP IN", 960-long("DROP IN", 30, bold)-14, 30)
	o.leftText = o.words("OF 50 LEFT", 960-6, 30)
	o.soldOut = o.headline("SOLD OUT")
	for _, l := range said {
		o.chat = append(o.chat, o.line(l.who, l.text, hex(l.tint)))
	}
	o.card = o.away()
	return o
}

func (o *overlay) plate(v ink) *sprite {
	c := newCanvas(740, 50, 440, 84, o.scale)
	c.fill(plate(746, 54, 1174, 128, 37), flat(v))
	return c.sprite()
}

// digit is one figure at the origin of the stage; place moves it.
func (o *overlay) digit(i int, size, step float32, v ink) *sprite {
	c := newCanvas(0, 0, step+2, size*1.3, o.scale)
	text := string("0123456789:"[i])
	c.letters((step-long(text, size, bold))/2, size, size, bold, v, text)
	return c.sprite()
}

func (o *overlay) words(text string, x, size float32) *sprite {
	c := newCanvas(x-4, 60, long(text, size, bold)+12, 60, o.scale)
	c.letters(x, 101, size, bold, hex(0xFFC98A), text)
	return c.sprite()
}

func (o *overlay) headline(text string) *sprite {
	w := long(text, 50, bold)
	c := newCanvas(960-w/2-4, 54, w+8, 76, o.scale)
	c.letters(960-w/2, 109, 50, bold, hex(0xFFE9C4), text)
	return c.sprite()
}

func (o *overlay) line(who, text string, tint ink) *sprite {
	a := long(who, 25, bold)
	w := a + long(text, 25, plain) + 54
	c := newCanvas(56, 0, w, 48, o.scale)
	c.fill(plate(57, 1, 55+w, 46, 22), flat(hex(0x0E0A0C).at(0.62)))
	c.letters(76, 32, 25, bold, tint, who)
	c.letters(76+a+12, 32, 25, plain, hex(0xF4EADC), text)
	return c.sprite()
}

func (o *overlay) away() *sprite {
	c := newCanvas(560, 420, 800, 260, o.scale)
	c.fill(plate(620, 440, 1300, 660, 34), flat(hex(0x0B0709).at(0.82)))
	for _, l := range []struct {
		y, size float32
		w       weight
		v       ink
		text    string
	}{{544, 62, bold, hex(0xFFE9C4), "Back in a minute"}, {608, 32, plain, hex(0xC9A988), "fetching something from the van"}} {
		c.letters(960-long(l.text, l.size, l.w)/2, l.y, l.size, l.w, l.v, l.text)
	}
	return c.sprite()
}

// px is a distance in pixels.
func (o *overlay) px(v float32) int { return int(v*o.scale + 0.5) }

// figures lays digits side by side, from x on.
func (o *overlay) figures(f *frame, set *[11]*sprite, x, y, step float32, text string) {
	for i, r := range []byte(text) {
		k := int(r - '0')
		if r == ':' {
			k = 10
		}
		f.lay(set[k], o.px(x+float32(i)*step), o.px(y), 256)
	}
}

// lay puts it all on frame n.
func (o *overlay) lay(f *frame, s show, n int64, chat bool) {
	f.lay(o.badge, 0, 0, 256)
	sec := n / 30
	o.figures(f, &o.small, 1920-60-11*smallStep, 66, smallStep, fmt.Sprintf("%02d:%02d:%02d:%02d", sec/3600, sec/60%60, sec%60, n%30))
	o.status(f, s, n)
	if s.still.Contains(n) {
		f.lay(o.card, 0, 0, 256)
	} else if chat {
		o.messages(f, s, n)
	}
}

// status is the pill: the count-down, then the stock, then the end.
func (o *overlay) status(f *frame, s show, n int64) {
	wait := (s.reveal - n + 29) / 30
	switch {
	case n >= s.soldOut:
		f.lay(o.pillHot, 0, 0, 256)
		f.lay(o.soldOut, 0, 0, 256)
	case n >= s.reveal:
		f.lay(o.pillHot, 0, 0, 256)
		o.figures(f, &o.large, 960-2*largeStep-22, 54, largeStep, fmt.Sprintf("%02d", s.left(n)))
		f.lay(o.leftText, 0, 0, 256)
	case s.still.Contains(n): // the clock stands still with everything else
		return
	default:
		f.lay(o.pill, 0, 0, 256)
		f.lay(o.dropIn, 0, 0, 256)
		o.figures(f, &o.large, 960+6, 54, largeStep, fmt.Sprintf("%d:%02d", wait/60, wait%60))
	}
}

// messages are the newest five lines of the chat: one every four seconds,
// three a second while lamps are sold.
func (o *overlay) messages(f *frame, s show, n int64) {
	count := n / 120
	if n > s.reveal {
		count = s.reveal/120 + min(n-s.reveal, s.soldOut-s.reveal)/24 + max(0, n-s.soldOut)/90
	}
	for i := range int64(5) {
		k := count - i
		if k < 0 {
			return
		}
		f.lay(o.chat[chatLine(k, s, n)], 0, o.px(980-chatStep*float32(i)), 256)
	}
}

// chatLine picks the k-th line: the last five are only said once there is a moon.
func chatLine(k int64, s show, n int64) int {
	calm := int64(len(said) - 5)
	if n > s.reveal && k > s.reveal/120 {
		return int(calm + k%5)
	}
	return int(k * 7 % calm)
}
