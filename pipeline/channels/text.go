package channels

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
	"time"

	"dropcut/pipeline"
)

// Words are what is known of a variant when its text is written.
type Words struct {
	Variant string // its ID
	Hook    string // what its pictures open with
	Quote   string // what is said in the clip; cut where it is too long
	Label   string // of the moment
	Moment  string // its ID
	Plan    *pipeline.DropPlan
	At      time.Time // when it is posted: words of an offer that is over by then are left out; zero: never over
}

// WordsOf is what is known of an approved file that is posted at a time, and
// whose recording came with a plan or nil.
func WordsOf(r pipeline.Ready, plan *pipeline.DropPlan, at time.Time) Words {
	return Words{Variant: r.Variant, Hook: r.Hook.Text, Quote: r.Words, Label: r.Label, Moment: r.Moment, Plan: plan, At: at}
}

// Of a clip's own words so many characters are ever written beside it, and so
// many stay before hashtags are left out for them.
const (
	mostWords  = 2000
	leastWords = 60
)

// Text is what to write beside a clip on a channel, and whether its platform
// takes it. The drop plan's text of the channel counts, by its name or else by
// its platform; then the channel's template; then the clip's own words. The
// description is the whole text, with link and hashtags in it where they are
// wanted. Only the clip's own words are ever cut, and hashtags left out.
func Text(c pipeline.Channel, w Words) (pipeline.PostedText, []pipeline.Fit) {
	t := writing{channel: c, words: w, noAngles: c.Platform == pipeline.YouTube, link: follow(c, w)}
	t.quote = t.quoted()
	out := pipeline.PostedText{Hashtags: t.tags(), Link: t.link}
	planned := t.planned()
	title, titleFit := t.title()
	description, tags, fits := t.description(planned.Text, out.Hashtags)
	out.Title, out.Description, out.Hashtags = title, description, tags
	for _, r := range planned.Replies {
		out.Replies = append(out.Replies, pipeline.Reply{To: oneLine(r.To), Say: lines(r.Say)})
	}
	if p := w.Plan; p != nil && p.FollowUp != nil && !t.over(p.FollowUp.Offer, p.FollowUp.After) {
		out.FollowUp = lines(p.FollowUp.Text)
	}
	return out, append(titleFit, fits...)
}

// writing is one text being written.
type writing struct {
	channel  pipeline.Channel
	words    Words
	noAngles bool // neither < nor > is taken
	link     string
	quote    string // the clip's own words, clean
}

// over reports whether what speaks of the offer comes too late.
func (t writing) over(offer bool, later time.Duration) bool {
	p := t.words.Plan
	return offer && p.OfferUntil != nil && !t.words.At.IsZero() && !t.words.At.Add(later).Before(*p.OfferUntil)
}

// planned is what the drop plan has for the channel.
func (t writing) planned() pipeline.PostText {
	if t.words.Plan == nil {
		return pipeline.PostText{}
	}
	post, ok := t.words.Plan.Post[t.channel.Name]
	if !ok {
		post = t.words.Plan.Post[string(t.channel.Platform)]
	}
	if t.over(post.Offer, 0) {
		return pipeline.PostText{}
	}
	return post
}

// tags are the channel's hashtags, each once.
func (t writing) tags() []string {
	out, seen := []string{}, map[string]bool{}
	for _, h := range t.channel.Text.Hashtags {
		if low := strings.ToLower(h); isTag(h) && !seen[low] {
			seen[low] = true
			out = append(out, h)
		}
	}
	return out
}

// values are the fields of templates, less quote and tags.
func (t writing) values() map[string]string {
	w := t.words
	out := map[string]string{"hook": oneLine(w.Hook), "label": oneLine(w.Label), "link": t.link}
	if w.Plan != nil {
		out["drop"], out["price"] = oneLine(w.Plan.Name), oneLine(w.Plan.Price)
	}
	return out
}

// quoted is the clip's own words, without what a stranger may have put there
// for others to follow.
func (t writing) quoted() string {
	s := oneLine(t.words.Quote[:min(len(t.words.Quote), 16*mostWords)])
	if r := []rune(s); len(r) > mostWords {
		s = cutsOf(string(r[:mostWords])).at(1)
	}
	var out strings.Builder
	from := 0
	for _, l := range links(s) {
		out.WriteString(s[from:l[0]])
		from = l[1]
	}
	out.WriteString(s[from:])
	if s = oneLine(out.String()); t.noAngles {
		s = oneLine(strings.NewReplacer("<", " ", ">", " ").Replace(s))
	}
	return s
}

// fitted is a text whose own words are cut so that it is taken, or not at all
// where that does not help.
func fitted(l limit, known bool, pieces []piece, values map[string]string, quote string) string {
	write := func(quote string) string {
		values["quote"] = quote
		return fill(pieces, values)
	}
	whole := write(quote)
	if !known || quote == "" || l.unit.count(whole) <= l.most {
		return whole
	}
	all := cutsOf(quote)
	n := sort.Search(all.len(), func(i int) bool { return l.unit.count(write(all.at(i))) <= l.most })
	return write(all.at(n)) // without any it may still be too long: what is left is the creator's
}

// least is what is said in a clip, cut to few characters.
func least(quote string) string {
	all := cutsOf(quote)
	return all.at(sort.Search(all.len(), func(i int) bool { return characters.count(all.at(i)) <= leastWords }))
}

// title is one line: by the channel's template, else the hook, else what comes
// next of the label, the drop's name and the clip's words that is taken.
func (t writing) title() (string, []pipeline.Fit) {
	l, known := limitOf(t.channel.Platform, "title")
	values := t.values()
	templates := []string{t.channel.Text.Title}
	if templates[0] == "" {
		templates = []string{"{hook}", "{label}", "{drop}", "{quote}"}
	}
	title := ""
	for _, template := range templates {
		pieces, err := parseTemplate(template)
		if err != nil {
			continue
		}
		s := oneLine(fitted(l, known, pieces, values, t.quote))
		if s != "" && (title == "" || !t.taken(l, known, title)) {
			title = s
		}
	}
	if !known {
		return title, nil
	}
	fit := t.fit(l, title)
	if title == "" {
		fit.OK, fit.Detail = false, "there is none, and no words to make one of"
	}
	return title, []pipeline.Fit{fit}
}

func (t writing) taken(l limit, known bool, s string) bool { return !known || t.fit(l, s).OK }

// fit is what a limit says of a text.
func (t writing) fit(l limit, s string) pipeline.Fit {
	n := l.unit.count(s)
	out := pipeline.Fit{Rule: l.rule, OK: n <= l.most, Must: l.must, Detail: fmt.Sprintf("%d of %d %s", n, l.most, l.unit)}
	if !out.OK {
		out.Detail += fmt.Sprintf(": %d too many", n-l.most)
	} else if t.noAngles && strings.ContainsAny(s, "<>") {
		out.OK, out.Detail = false, "it has < or >, which are not taken"
	}
	return out
}

// description is the whole text, with the hashtags that are in it.
func (t writing) description(planned string, tags []string) (string, []string, []pipeline.Fit) {
	l, known := limitOf(t.channel.Platform, "description")
	values, most := t.values(), len(tags)
	pieces := t.template(planned)
	write := func(n int, quote string) string {
		values["tags"], values["quote"] = hashed(tags[:n]), quote
		return fill(pieces, values)
	}
	if of, has := limitOf(t.channel.Platform, "hashtags"); has {
		most = max(min(most, int(of.most)-written(write(0, t.quote))), 0)
	}
	kept := most
	for _, quote := range []string{least(t.quote), ""} {
		takes := func(n int) bool { return !known || l.unit.count(write(n, quote)) <= l.most }
		if takes(0) {
			kept = sort.Search(most, func(n int) bool { return !takes(n + 1) })
			break
		}
	}
	values["tags"] = hashed(tags[:kept])
	s := fitted(l, known, pieces, values, t.quote)
	var fits []pipeline.Fit
	if known {
		fits = append(fits, t.fit(l, s))
	}
	fits = append(fits, t.tagged(s, len(tags), kept)...)
	if plain, _ := isPlain(t.channel); plain && len(links(s)) > 0 {
		fits = append(fits, pipeline.Fit{Rule: "link", Detail: "the text shows a link, where none is wanted"})
	}
	return s, tags[:kept], fits
}

// tagged is what is to be said of hashtags.
func (t writing) tagged(s string, all, kept int) []pipeline.Fit {
	l, has := limitOf(t.channel.Platform, "hashtags")
	n := written(s)
	switch {
	case has && int64(n) > l.most:
		return []pipeline.Fit{{Rule: "hashtags", Must: l.must, Detail: fmt.Sprintf("%d of %d: %d too many", n, l.most, int64(n)-l.most)}}
	case kept < all:
		return []pipeline.Fit{{Rule: "hashtags", Detail: fmt.Sprintf("%d of %d are left out", all-kept, all)}}
	case has:
		return []pipeline.Fit{{Rule: "hashtags", OK: true, Must: l.must, Detail: fmt.Sprintf("%d of %d", n, l.most)}}
	}
	return nil
}

// template is what the description is made of. Links that nobody can follow
// there are not written.
func (t writing) template(planned string) []piece {
	tail := []piece{{text: "\n\n"}, {field: "link"}, {text: "\n\n"}, {field: "tags"}}
	if t.channel.Platform == pipeline.Instagram {
		tail = tail[2:]
	}
	if planned = lines(planned); planned != "" {
		if len(links(planned)) > 0 { // it has its own
			tail = tail[len(tail)-2:]
		}
		return append([]piece{{text: planned}}, tail...)
	}
	if t.channel.Text.Description != "" {
		if pieces, err := parseTemplate(lines(t.channel.Text.Description)); err == nil {
			return pieces
		}
	}
	for _, field := range []string{"quote", "label", "hook"} {
		if field == "quote" && t.quote != "" || t.values()[field] != "" {
			return append([]piece{{field: field}}, tail...)
		}
	}
	return tail
}

var hashtags = regexp.MustCompile(`(^|[\s(])#[\p{L}\p{M}\p{N}_]*[\p{L}][\p{L}\p{M}\p{N}_]*`)

// written counts hashtags in a text.
func written(s string) int { return len(hashtags.FindAllString(s, -1)) }

func hashed(tags []string) string {
	if len(tags) == 0 {
		return ""
	}
	return "#" + strings.Join(tags, " #")
}

// lines is a text of several lines, clean.
func lines(s string) string { return strings.TrimSpace(clean(s)) }
