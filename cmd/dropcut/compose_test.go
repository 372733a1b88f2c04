package main

import (
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// TestComposeCallsCommandsThatExist: every service of compose.yaml that is
// built from this repository is called as dropcut can be, and what it needs of
// others is there.
func TestComposeCallsCommandsThatExist(t *testing.T) {
	text, err := os.ReadFile("../../compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		Services map[string]struct {
			Build       string
			Image       string
			Command     []string
			Environment map[string]string
			DependsOn   map[string]any `yaml:"depends_on"`
		}
	}
	if err := yaml.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	built := 0
	for name, s := range c.Services {
		for other := range s.DependsOn {
			if c.Services[other].Image == "" {
				t.Errorf("%s waits for %s, which is no image", name, other)
			}
		}
		if s.Build == "" {
			continue
		}
		built++
		parses(t, s.Command)
		if s.Environment["PGPASSWORD"] == "" || s.Environment["AWS_ENDPOINT_URL"] == "" {
			t.Errorf("%s: environment %v", name, s.Environment)
		}
	}
	redis := strings.Join(c.Services["redis"].Command, " ")
	if built != 2 || !strings.Contains(redis, "--appendonly yes") || !strings.Contains(redis, "noeviction") {
		t.Errorf("%d services of ours; redis is called as %q", built, redis)
	}
}
