package api

import (
	"net/http"
	"strings"
	"testing"

	"dropcut/pipeline"
)

func TestATaskSaysWhatItTakesInToWhoseItIs(t *testing.T) {
	t.Parallel()
	h := open(t)
	at, _ := strings.CutSuffix(h.landing(t, "retry").path, "/retry")
	for token, status := range map[string]int{root: http.StatusOK, h.token(t, "ada", pipeline.ScopeScheduler): http.StatusOK, h.token(t, "eve", pipeline.ScopeScheduler): http.StatusNotFound} {
		if a := h.call(t, token, "GET", at, nil); a.status != status || status == http.StatusOK && !strings.Contains(a.body, `"key":"ada/a.mp4"`) {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
}
