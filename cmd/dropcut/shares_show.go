package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"text/tabwriter"
	"time"

	"dropcut/pipeline/shares"
)

// sharesShowCommand prints what posts earned.
type sharesShowCommand struct {
	remote
	By        string        `default:"variant" enum:"clip,variant,hook_kind,style,channel,moment,kind" placeholder:"WHAT" help:"What is compared: clip, variant, hook_kind, style, channel, moment or kind (default ${default})."`
	Within    time.Duration `default:"2160h" placeholder:"TIME" help:"Posts of so long (default ${default})."`
	Creator   string        `placeholder:"NAME" help:"Whose posts (default: all that the token reaches)."`
	Recording string        `placeholder:"ID" help:"Tell all of one recording instead: moments, clips, posts, curves (JSON)."`
	JSON      bool          `name:"json" help:"Print one JSON document."`
}

// Help is shown below the flags.
func (sharesShowCommand) Help() string {
	return "Example:\n\n  dropcut shares --by hook_kind\n\nThe rate is re-shares of a core clip in its first 12 hours ÷ its views in them, with a 95 % interval: docs/shares.md.\n\n" + exitHelp
}

// Run asks for them and prints them.
func (c *sharesShowCommand) Run(ctx context.Context, con console) error {
	if c.Recording != "" {
		var doc json.RawMessage
		if err := c.ask(ctx, http.MethodGet, "/v1/results/recordings/"+url.PathEscape(c.Recording), &doc); err != nil {
			return err
		}
		_, err := fmt.Fprintf(con.Out, "%s\n", doc)
		return err
	}
	q := url.Values{"by": {c.By}, "since": {time.Now().Add(-c.Within).UTC().Format(time.RFC3339)}}
	if c.Creator != "" {
		q.Set("creator", c.Creator)
	}
	var raw json.RawMessage
	if err := c.ask(ctx, http.MethodGet, "/v1/results?"+q.Encode(), &raw); err != nil {
		return err
	}
	if c.JSON {
		_, err := fmt.Fprintf(con.Out, "%s\n", raw)
		return err
	}
	var doc struct {
		Posts   int
		LeftOut bool `json:"older_left_out"`
		Sums    []shares.Sum
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		return err
	}
	if doc.LeftOut {
		fmt.Fprintf(con.Err, "only the newest %d posts are counted: ask for a shorter time with --within\n", doc.Posts)
	}
	return printSums(con, doc.Sums, c.names(ctx, shares.By(c.By), doc.Sums))
}

// printSums prints a leaderboard: figures beside every rate, and names beside
// IDs, where they are known.
func printSums(con console, sums []shares.Sum, names map[string]string) error {
	if len(sums) == 0 {
		_, err := fmt.Fprintf(con.Out, "no posts yet\n")
		return err
	}
	out := tabwriter.NewWriter(con.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "PLACE\tKIND\tWHAT\tRATE\t95 %\tSHARES\tVIEWS\tPOSTS\tHOURS\tSTATE")
	for _, s := range sums {
		place := "-"
		if s.Place > 0 {
			place = fmt.Sprint(s.Place)
		}
		what := s.Key
		switch name := names[s.Key]; {
		case what == "":
			what = "(none)"
		case name != "":
			what += " " + name
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%d\t%d\t%d\t%s\t%s\n", place, s.Kind, printable(what), percent(s.Rate), interval(s.Interval), s.Shares, s.Views, s.Posts, hours(s.Hours), s.State)
	}
	return out.Flush()
}

// interval is one as people read it.
func interval(i shares.Interval) string {
	if i.Low == nil || i.High == nil {
		return "no data"
	}
	return percent(i.Low) + " to " + percent(i.High)
}

// percent is a rate as people read it; "-" for none.
func percent(r *float64) string {
	if r == nil {
		return "-"
	}
	return fmt.Sprintf("%.2f %%", 100**r)
}

// hours is when posts went out, local: 18h×2 20h.
func hours(all []shares.Hour) string {
	text := ""
	for i, h := range all {
		if i > 0 {
			text += " "
		}
		text += fmt.Sprintf("%dh", h.Hour)
		if h.Posts > 1 {
			text += fmt.Sprintf("×%d", h.Posts)
		}
	}
	return text
}
