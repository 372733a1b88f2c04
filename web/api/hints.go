package api

import (
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2/validation"
)

// anInstant is how a time is written.
const anInstant = "2026-03-01T20:15:00+01:00"

func init() {
	validation.MsgExpectedRFC3339DateTime = "expected a date, a time and a zone (RFC 3339), such as " + anInstant
}

// whereListed is where whoever named what is not there finds what is, by the
// problem's code.
var whereListed = map[string]string{
	"no_such_recording": "GET /v1/recordings lists them; what is not taken in yet is in GET /v1/landings",
	"no_such_moment":    "GET /v1/moments lists them, and dropcut inspect those of a recording",
	"no_such_clip":      "GET /v1/clips lists them, and dropcut inspect those of a recording",
	"no_such_variant":   "GET /v1/variants lists them, and dropcut inspect those of a recording; a manifest names those of its moment",
	"no_such_channel":   "GET /v1/channels and dropcut channels list show them; dropcut channels apply adds one",
	"no_such_claim":     "GET /v1/claims lists them",
	"no_such_recall":    "GET /v1/recalls lists what is recalled",
	"no_such_token":     "GET /v1/tokens and dropcut tokens list show them",
	"no_such_webhook":   "GET /v1/webhooks lists them",
}

// hinted adds what to do about a problem where whoever found it says nothing.
func (p *Problem) hinted() *Problem {
	switch {
	case p.Hint != "":
	case p.Status == http.StatusUnsupportedMediaType:
		p.Hint = "send JSON, and the header Content-Type: application/json"
	case p.lacks(keyHeader):
		p.Hint = "send the header " + keyHeader + ": any text of yours, such as a UUID, new for each call and the same when it is sent again"
	default:
		p.Hint = whereListed[p.Code]
	}
	return p
}

// keyHeader names a call, so that it is not done twice.
const keyHeader = "Idempotency-Key"

// lacks reports whether a parameter is what is wrong.
func (p *Problem) lacks(parameter string) bool {
	return slices.ContainsFunc(p.Errors, func(w Wrong) bool { return w.Parameter == parameter })
}
