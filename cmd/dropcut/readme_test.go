package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/rogpeppe/go-internal/testscript"
)

// readmeCommands is every command line of the README's sh blocks.
func readmeCommands(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(document(t, "README.md"), -1) {
		for line := range strings.Lines(block[1]) {
			line, _, _ = strings.Cut(line, " #")
			if line = strings.TrimSpace(line); line != "" {
				out = append(out, line)
			}
		}
	}
	if len(out) < 5 {
		t.Fatalf("only %d commands were found in the README: the test looks wrongly", len(out))
	}
	return out
}

// outside is a call that goes on, or that needs what other machines share.
var outside = regexp.MustCompile(`^(serve|work|tokens|channels|shares) |--(redis|database|output|store) `)

// parses checks a call's commands and flags.
func parses(t *testing.T, args []string) {
	t.Helper()
	var c commands
	parser, err := kong.New(&c, kong.Configuration(readSettings))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Errorf("dropcut %s: %v", strings.Join(args, " "), err)
	}
}

func TestTheReadmesCommandsWork(t *testing.T) {
	script := []string{"recording show.mp4", "mkdir clips", "exec ffmpeg -v error -stream_loop 4 -i show.mp4 -ss 80 -t 600 -c copy clips/night-market.mp4"} // at 7:00 it is the show's 0:50
	for _, line := range readmeCommands(t) {
		switch name, rest, _ := strings.Cut(line, " "); name {
		case "make":
			out, err := exec.Command("make", "-n", "-C", filepath.Join("..", ".."), rest).CombinedOutput()
			if err != nil {
				t.Errorf("%s: %v: %s", line, err, out)
			}
		case "curl", "docker": // as serve_test.go asks a serve, and compose_test.go reads compose.yaml
			if !strings.Contains(rest, "8420/v1/recordings") && !strings.Contains(rest, "8420/v1/events") && !strings.HasPrefix(rest, "compose up") {
				t.Errorf("the README has a command that no test runs: %s", line)
			}
		case "export": // as serve_test.go does
			call, ok := strings.CutPrefix(rest, "DROPCUT_TOKEN=$(bin/dropcut ")
			if !ok {
				t.Errorf("the README has a command that no test runs: %s", line)
			}
			parses(t, strings.Fields(strings.TrimSuffix(call, ")")))
		case "ln":
			from, to, _ := strings.Cut(strings.TrimPrefix(rest, "-s "), " ")
			script = append(script, "symlink "+to+" -> "+from)
		case "bin/dropcut":
			if outside.MatchString(rest) { // run by serve_test.go, desk_test.go and fleet_test.go, with servers of their own
				parses(t, strings.Fields(rest))
				continue
			}
			script = append(script, "exec dropcut "+strings.ReplaceAll(rest, `"`, `'`))
		default:
			t.Errorf("the README has a command that no test runs: %s", line)
		}
	}
	folder := t.TempDir()
	text := strings.Join(script, "\n") + readmeFiles
	if err := os.WriteFile(filepath.Join(folder, "readme.txt"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	p := params()
	p.Dir = folder
	testscript.Run(t, p)
}

// readmeFiles is what lies beside the README's stream.mp4, and beside the
// recording that the demo leaves.
const readmeFiles = `
-- stream.csv --
0:07:00,Broadcaster,streamer,the reveal,
-- clips/night-market.csv --
0:07:00,Broadcaster,streamer,the reveal,
-- clips/night-market.srt --
1
00:06:50,000 --> 00:06:54,000
Okay chat, here it is at last.
`

func TestTheReadmeShowsTheToolWorkingInItsFirstLines(t *testing.T) {
	lines := strings.Split(document(t, "README.md"), "\n")
	head := strings.Join(lines[:20], "\n")
	for _, want := range []string{"make demo", "dropcut run", "docs/contact-sheet.png"} {
		if !strings.Contains(head, want) {
			t.Errorf("the first twenty lines do not show %q", want)
		}
	}
	if _, err := os.Stat(filepath.Join("..", "..", "docs", "contact-sheet.png")); err != nil {
		t.Error(err)
	}
}
