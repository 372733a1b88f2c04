package api

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"dropcut/pipeline"
)

// TestABugIsHeardOfByItsOwnServer: and by none that runs beside it; what a
// caller did wrong is no bug.
func TestABugIsHeardOfByItsOwnServer(t *testing.T) {
	t.Parallel()
	bug := errors.New("a bug")
	var heard []error
	r := httptest.NewRequest(http.MethodGet, "/v1/recordings", nil)
	r = r.WithContext(context.WithValue(r.Context(), faultKey{}, func(err error) { heard = append(heard, err) }))
	ctx := humago.NewContext(&huma.Operation{}, r, httptest.NewRecorder())
	for _, err := range []error{pipeline.Fail(pipeline.NotFound, "no_such_clip", "", "there is none"), bug} {
		_ = fromHuma(ctx, http.StatusInternalServerError, "", err)
	}
	if len(heard) != 1 || !errors.Is(heard[0], bug) {
		t.Errorf("heard of %v", heard)
	}
}
