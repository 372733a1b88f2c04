package api

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"dropcut/pipeline"
)

// admit lets in who has a token for the operation, and not too often.
func (a *API) admit(ctx huma.Context, next func(huma.Context)) {
	r, _ := humago.Unwrap(ctx)
	who, err := a.Keys.Who(r)
	if err != nil {
		if !a.within(ctx, stranger(r)) {
			return
		}
		ctx.SetHeader("WWW-Authenticate", "Bearer")
		a.fail(ctx, err)
		return
	}
	if !a.within(ctx, who.Token) {
		return
	}
	if needs, _ := ctx.Operation().Metadata["scope"].([]pipeline.Scope); !who.May(needs...) {
		a.Log.Warn("refused", "what", ctx.Operation().OperationID, "path", r.URL.Path, "token", who.Token, "request", r.Header.Get(requestHeader))
		a.fail(ctx, pipeline.Fail(pipeline.Invalid, "not_allowed", fmt.Sprintf("use a token with scope %s", listed(needs)), "this token may not"))
		return
	}
	next(huma.WithContext(ctx, context.WithValue(named(ctx), callerKey{}, who)))
	if ctx.Method() != http.MethodGet && ctx.Method() != http.MethodHead { // who changed what
		a.Log.Info("called", "operation", ctx.Operation().OperationID, "path", r.URL.Path, "token", who.Token, "status", ctx.Status(), "request", r.Header.Get(requestHeader))
	}
}

// within counts the call, and answers where there were too many.
func (a *API) within(ctx huma.Context, who string) bool {
	ok := a.count(ctx.SetHeader, who)
	if !ok {
		a.fail(ctx, tooMany(a.Rate))
	}
	return ok
}

// mayCall is within for what is no operation.
func (a *API) mayCall(w http.ResponseWriter, r *http.Request, who string) bool {
	ok := a.count(w.Header().Set, who)
	if !ok {
		a.refuse(w, r, tooMany(a.Rate))
	}
	return ok
}

// openly has something be read without a token, and not too often from one address.
func (a *API) openly(f http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if a.mayCall(w, r, stranger(r)) {
			f(w, r)
		}
	}
}

// stranger is by what the calls of somebody without a token are counted.
func stranger(r *http.Request) string { return "?" + address(r.RemoteAddr) }

// count counts a call, says in headers how many more may come, and reports
// whether this one may.
func (a *API) count(header func(name, value string), who string) bool {
	if a.Rate <= 0 {
		return true
	}
	left, ok := a.calls.take(who)
	header("RateLimit-Policy", fmt.Sprintf(`"calls";q=%d;w=%d`, a.Rate*burst, burst))
	header("RateLimit", fmt.Sprintf(`"calls";r=%d;t=1`, left))
	header("X-RateLimit-Limit", strconv.Itoa(a.Rate*burst))
	header("X-RateLimit-Remaining", strconv.Itoa(left))
	return ok
}

func (a *API) fail(ctx huma.Context, err error) {
	p := problemOf(err)
	_ = huma.WriteErr(a.huma, ctx, p.Status, p.Detail, err)
}

func tooMany(rate int) error {
	return pipeline.Fail(pipeline.Unavailable, "too_many", "wait a second", "more than %d calls a second", rate)
}

func listed(all []pipeline.Scope) string {
	if len(all) == 0 {
		return string(pipeline.ScopeAdmin)
	}
	text := string(all[0])
	for _, s := range all[1:] {
		text += " or " + string(s)
	}
	return text
}

// address is the caller's without its port.
func address(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return remote
	}
	return host
}
