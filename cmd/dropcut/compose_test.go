package main

import (
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"dropcut/storage/storagetest/versitygw"
)

// composeFile is what tests read of compose.yaml.
type composeFile struct {
	Services map[string]struct {
		Build       string
		Image       string
		Command     []string
		Environment map[string]string
		Ports       []string
		Volumes     []string
		DependsOn   map[string]struct{ Condition string } `yaml:"depends_on"`
		Healthcheck struct{ Test []string }
	}
	Volumes map[string]any
}

func readCompose(t *testing.T) (c composeFile) {
	t.Helper()
	text, err := os.ReadFile("../../compose.yaml")
	if err == nil {
		err = yaml.Unmarshal(text, &c)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestComposeCallsCommandsThatExist: every service of compose.yaml that is
// built from this repository is called as dropcut can be, and what it needs of
// others is there.
func TestComposeCallsCommandsThatExist(t *testing.T) {
	c := readCompose(t)
	built := 0
	for name, s := range c.Services {
		for other, d := range s.DependsOn {
			on := c.Services[other]
			if on.Image == "" {
				t.Errorf("%s waits for %s, which is no image", name, other)
			}
			if d.Condition == "service_healthy" && len(on.Healthcheck.Test) == 0 {
				t.Errorf("%s waits until %s is healthy, which nobody checks", name, other)
			}
		}
		for _, v := range s.Volumes {
			if volume, _, _ := strings.Cut(v, ":"); !has(c.Volumes, volume) {
				t.Errorf("%s mounts %s, which is no volume", name, volume)
			}
		}
		if s.Build == "" {
			continue
		}
		built++
		parses(t, s.Command)
		for _, variable := range []string{"DROPCUT_TOKEN", "PGPASSWORD", "AWS_ENDPOINT_URL", "DROPCUT_STORE_PUBLIC", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
			if s.Environment[variable] == "" {
				t.Errorf("%s: environment %v", name, s.Environment)
			}
		}
	}
	redis := strings.Join(c.Services["redis"].Command, " ")
	if built != 2 || !strings.Contains(redis, "--appendonly yes") || !strings.Contains(redis, "noeviction") {
		t.Errorf("%d services of ours; redis is called as %q", built, redis)
	}
	if image := c.Services["store"].Image; !strings.HasSuffix(image, ":v"+versitygw.Version) {
		t.Errorf("%s is another version than tests start", image)
	}
}

func has(all map[string]any, name string) bool {
	_, ok := all[name]
	return ok
}

// TestTheImageIsBuiltFromWhatIsThere: what compose.yaml mounts belongs to the
// image's user, and stores are reached over TLS.
func TestTheImageIsBuiltFromWhatIsThere(t *testing.T) {
	text, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	_, folder, _ := strings.Cut(readCompose(t).Services["serve"].Volumes[0], ":")
	for _, want := range []string{"install -d -o dropcut -g dropcut " + folder + " ", " ca-certificates ", "USER dropcut", `ENTRYPOINT ["dropcut"]`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the Dockerfile says nothing of %q", want)
		}
	}
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	_, version, _ := strings.Cut(string(mod), "\ngo ")
	version = version[:strings.LastIndex(version[:strings.Index(version, "\n")], ".")]
	if !strings.Contains(string(text), "FROM golang:"+version+"-") {
		t.Errorf("the image is built with another Go than %s", version)
	}
}
