package web

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
	"dropcut/web/api"
)

// TestTheExamplesOfTheAPIWorkAsTheyStand: all blocks of the page, as one script
// in an empty folder, on a clip that nobody judged yet.
func TestTheExamplesOfTheAPIWorkAsTheyStand(t *testing.T) {
	for _, tool := range []string{"curl", "jq"} {
		if _, err := exec.LookPath(tool); err != nil && os.Getenv("CI") == "" {
			t.Skip("needs " + tool)
		}
	}
	s := openStudio(t, 1)
	token, hash := api.NewToken()
	err := s.db.Write(t.Context(), func(tx *catalog.Tx) error {
		all, err := tx.EachReady("ada")
		if err != nil {
			return err
		}
		v, err := tx.Variant(all[0].Variant)
		if err != nil {
			return err
		}
		v.State = pipeline.VariantMade
		if err := tx.DropReady(v.ID); err != nil {
			return err
		}
		if err := tx.PutVariant(v); err != nil {
			return err
		}
		return tx.PutToken(pipeline.Token{ID: "t_2", Name: "all", Creator: "ada", Scopes: []pipeline.Scope{pipeline.ScopeCreator, pipeline.ScopeEditor, pipeline.ScopeScheduler}}, hash)
	})
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join("..", "docs", "api.md"))
	if err != nil {
		t.Fatal(err)
	}
	script := "set -eu\n"
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		script += block[1]
	}
	cmd := exec.Command("sh", "-c", script)
	cmd.Dir = t.TempDir()
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "DROPCUT_SERVER=" + s.URL, "DROPCUT_TOKEN=" + token}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{`"url":"https://www.tiktok.com/@ada/video/7"`, `"counted":1`, `"open":1`, `"reasons":[`, `"state":"posted"`} {
		if !strings.Contains(string(out), want) {
			t.Errorf("nothing says %s: %s", want, out)
		}
	}
	if got := s.states(t); got[pipeline.Posted] != 1 {
		t.Errorf("%v", got)
	}
	if file, err := os.ReadFile(filepath.Join(cmd.Dir, "clip.mp4")); err != nil || string(file) != clip {
		t.Errorf("the clip is %q, %v", file, err)
	}
}
