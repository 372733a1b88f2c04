package channels

import (
	"fmt"
	"strings"

	"dropcut/pipeline"
)

// LimitsTable is the part of docs/channels.md that says what each platform
// takes.
func LimitsTable() string {
	var out strings.Builder
	out.WriteString("| platform | rule | taken | what breaks it | source, read |\n|---|---|---|---|---|\n")
	for _, p := range pipeline.Platforms {
		for _, l := range limits[p] {
			why := "is advised against"
			if l.must {
				why = "is refused"
			}
			if l.breaks != "" {
				why += ": " + l.breaks
			}
			if l.account {
				why += "; an account may have more, then the channel's own limit counts"
			}
			fmt.Fprintf(&out, "| %s | `%s` | %s | %s | %s, %s |\n", p, l.rule, l.said(), why, l.source, l.read)
		}
	}
	fmt.Fprintf(&out, "| %s | `overlay` | no link, brand, price or offer in the hook | is refused: it may be deleted | %s, %s |\n", pipeline.TikTok, tiktokRules, november)
	return out.String()
}
