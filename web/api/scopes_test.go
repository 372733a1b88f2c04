package api

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"dropcut/pipeline"
)

// whoMay is which scopes may do what, by operationId: each of these lines and no
// other. An admin may all of it.
var whoMay = map[string][]string{
	"creator editor scheduler": {"list-recordings", "list-landings", "get-task", "get-recording", "list-moments", "get-moment", "list-clips", "get-clip",
		"list-variants", "get-variant", "link-variant", "text-variant", "list-channels", "get-channel", "channel-reasons", "list-claims", "get-claim", "list-posts",
		"list-recalls", "poll-ready-clips", "results", "results-recording", "results-post", "follow-events"},
	"creator editor": {"create-mark", "list-marks", "remove-mark", "list-verdicts", "create-recall", "lift-recall", "make-variant",
		"retry-recordings", "retry-moments", "retry-variants", "retry-tasks"},
	"creator": {"create-recording", "cancel-recording", "cancel-task", "notify", "upload", "create-channel", "edit-channel", "remove-channel",
		"create-webhook", "list-webhooks", "get-webhook", "edit-webhook", "rotate-webhook", "remove-webhook", "list-messages", "redeliver-message"},
	"editor":    {"create-verdict"},
	"scheduler": {"create-claims", "report-scheduled", "report-posted", "report-failed", "report-removed", "report-released", "create-share-events", "create-snapshots"},
	"":          {"create-token", "list-tokens", "revoke-token"},
}

// TestATokenMayWhatItsScopesSay: each operation of the document with each scope;
// one that the table does not name is not let pass.
func TestATokenMayWhatItsScopesSay(t *testing.T) {
	h := open(t)
	may := map[string]string{}
	for scopes, all := range whoMay {
		for _, id := range all {
			may[id] = scopes
		}
	}
	tokens := map[pipeline.Scope]string{}
	for _, s := range []pipeline.Scope{pipeline.ScopeCreator, pipeline.ScopeEditor, pipeline.ScopeScheduler, pipeline.ScopeAdmin} {
		tokens[s] = h.token(t, "ada", s)
	}
	for _, o := range describe(t, h).operations() {
		id := fmt.Sprint(o.says["operationId"])
		scopes, known := may[id]
		if delete(may, id); !known && !isInbound(o) {
			t.Errorf("%s %s, %s, is new: whoMay does not say whose it is", o.method, o.path, id)
		}
		for scope, token := range tokens {
			url := strings.NewReplacer("{id}", "x_1", "{of}", "v_1", "{creator}", "ada", "{name}", "x.mp4").Replace(o.path)
			a := h.answerTo(t, ask{operation: o, url: url}, token)
			want := known && (scope == pipeline.ScopeAdmin || slices.Contains(strings.Fields(scopes), string(scope)))
			if got := a.status != http.StatusForbidden && a.status != http.StatusUnauthorized; got != want {
				t.Errorf("%s by %s: %d %s", id, scope, a.status, a.body)
			}
		}
	}
	if left := slices.Sorted(maps.Keys(may)); len(left) > 0 {
		t.Errorf("no operations of the document: %v", left)
	}
}
