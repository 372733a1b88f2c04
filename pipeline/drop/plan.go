package drop

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"dropcut/pipeline"
)

// What one plan may have of each.
const (
	mostWords    = 500
	mostHeard    = 20
	mostHooks    = 10
	mostChannels = 20
	mostReplies  = 50

	shortText = 200
	longText  = 10_000
)

const planPage = "docs/drop-plan.md"

// ParsePlan reads a drop.yaml. What is not one is Invalid, code bad_plan; the
// detail begins with name:line:column.
func ParsePlan(name string, b []byte) (*pipeline.DropPlan, error) {
	f := file{name, "bad_plan", planPage}
	root, err := f.parse(b)
	if err != nil {
		return nil, err
	}
	if root == nil {
		return nil, f.fail(nil, "write it as in "+f.page+", or remove it", "the drop plan says nothing")
	}
	p := planReader{file: f, plan: &pipeline.DropPlan{File: name}}
	if err := f.fields(root, p.names()); err != nil {
		return nil, err
	}
	return p.plan, p.times()
}

// planReader reads one plan. Times are read last, for their zone may stand
// below them.
type planReader struct {
	file
	plan           *pipeline.DropPlan
	planned, until ast.Node
}

func (p *planReader) names() map[string]func(ast.Node) error {
	later := func(to *ast.Node) func(ast.Node) error {
		return func(n ast.Node) error { *to = n; return nil }
	}
	d := p.plan
	return map[string]func(ast.Node) error{
		"name": p.line(shortText, &d.Name), "planned": later(&p.planned), "zone": p.zone(&d.Zone),
		"words": p.terms(&d.Words), "price": p.line(shortText, &d.Price), "stock": p.line(shortText, &d.Stock), "link": p.link(&d.Link),
		"offer_until": later(&p.until), "hooks": p.list(mostHooks, p.hook), "post": p.channels, "follow_up": p.followUp,
	}
}

func (p *planReader) times() (err error) {
	if p.planned != nil {
		if p.plan.Planned, err = p.when(p.planned, p.plan.Zone); err != nil {
			return err
		}
		p.plan.Line = p.planned.GetToken().Position.Line
	}
	if p.until != nil {
		p.plan.OfferUntil, err = p.when(p.until, p.plan.Zone)
	}
	return err
}

// terms reads the dictionary: a word, or {write, heard}.
func (f file) terms(to *[]pipeline.Term) func(ast.Node) error {
	return f.list(mostWords, func(n ast.Node) error {
		var t pipeline.Term
		write := func(n ast.Node) error {
			err := f.line(shortText, &t.Write)(n)
			if err == nil && len(strings.Fields(t.Write)) > 8 {
				err = f.fail(n.GetToken(), "give the words that belong together", "%q has more than eight words", short(t.Write))
			}
			return err
		}
		if !isMapping(n) {
			if err := write(n); err != nil {
				return err
			}
		} else if err := f.fields(n, map[string]func(ast.Node) error{"write": write, "heard": f.texts(mostHeard, shortText, &t.Heard)}); err != nil {
			return err
		}
		if t.Write == "" {
			return f.fail(n.GetToken(), "add write: NAME", "how the word is written is missing")
		}
		*to = append(*to, t)
		return nil
	})
}

func (f file) link(to *string) func(ast.Node) error {
	return func(n ast.Node) error {
		if err := f.line(2048, to)(n); err != nil {
			return err
		}
		u, err := url.Parse(*to)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || strings.ContainsAny(*to, " <>\"") {
			return f.fail(n.GetToken(), "write it whole: https://shop.example/thing", "%q is no link", short(*to))
		}
		return nil
	}
}

// hook reads an opening line: text, or {text, offer}.
func (p *planReader) hook(n ast.Node) error {
	var h pipeline.PlannedHook
	if err := p.offered(n, shortText, &h.Text, &h.Offer, nil); err != nil {
		return err
	}
	p.plan.Hooks = append(p.plan.Hooks, h)
	return nil
}

// offered reads text, or a mapping with text, offer and what more has.
func (p *planReader) offered(n ast.Node, most int, text *string, offer *bool, more map[string]func(ast.Node) error) error {
	read := p.lines(most, text)
	if most == shortText {
		read = p.line(most, text)
	}
	if !isMapping(n) {
		return read(n)
	}
	known := map[string]func(ast.Node) error{"text": read, "offer": p.yes(offer)}
	for k, f := range more {
		known[k] = f
	}
	if err := p.fields(n, known); err != nil {
		return err
	}
	if *text == "" && more["replies"] == nil {
		return p.fail(n.GetToken(), "add text: …", "the text is missing")
	}
	return nil
}

// channel is how a platform may be named.
var channel = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)

// channels reads what to post, by channel.
func (p *planReader) channels(n ast.Node) error {
	p.plan.Post = map[string]pipeline.PostText{}
	return p.pairs(n, func(key *token.Token, value ast.Node) error {
		name := key.Value
		_, twice := p.plan.Post[name]
		switch {
		case !channel.MatchString(name):
			return p.fail(key, "write it in small letters, as tiktok, instagram or youtube_shorts", "%q is no name of a channel", short(name))
		case twice:
			return p.fail(key, "keep one of them", "%q stands here twice", name)
		case len(p.plan.Post) >= mostChannels:
			return p.fail(key, "keep the ones you use", "there are more than %d channels", mostChannels)
		}
		var t pipeline.PostText
		replies := p.list(mostReplies, func(n ast.Node) error { return p.reply(n, &t.Replies) })
		if err := p.offered(value, longText, &t.Text, &t.Offer, map[string]func(ast.Node) error{"replies": replies}); err != nil {
			return err
		}
		p.plan.Post[name] = t
		return nil
	})
}

// reply reads an answer: text, or {to, say}.
func (p *planReader) reply(n ast.Node, to *[]pipeline.Reply) error {
	var r pipeline.Reply
	if !isMapping(n) {
		if err := p.lines(longText, &r.Say)(n); err != nil {
			return err
		}
	} else if err := p.fields(n, map[string]func(ast.Node) error{"to": p.line(shortText, &r.To), "say": p.lines(longText, &r.Say)}); err != nil {
		return err
	}
	if r.Say == "" {
		return p.fail(n.GetToken(), "add say: …", "what to reply is missing")
	}
	*to = append(*to, r)
	return nil
}

// followUp reads a text for later: text, or {after, text, offer}.
func (p *planReader) followUp(n ast.Node) error {
	p.plan.FollowUp = &pipeline.FollowUp{}
	f := p.plan.FollowUp
	return p.offered(n, longText, &f.Text, &f.Offer, map[string]func(ast.Node) error{"after": p.lasting(&f.After)})
}
