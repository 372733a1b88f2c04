package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// room says what one package is for and what of ours it may import. A folder
// of Go code that is not listed is a breach: a new room is a decision.
type room struct {
	purpose string
	may     []string // our packages, below "dropcut/"; a trailing slash means all below
}

var house = map[string]room{
	"cmd/dropcut":          {"the one binary: a file per command, config, wiring, exit codes", []string{"/"}},
	"demo":                 {"draws the demo's own recording and its contact sheet", []string{"pipeline", "pipeline/timeline", "pipeline/ffmpeg", "captions"}},
	"pipeline":             {"the words, the line, the kinds of error", []string{"pipeline/timeline"}},
	"pipeline/timeline":    {"exact media time", nil},
	"pipeline/ffmpeg":      {"the only room that starts processes", []string{"pipeline", "pipeline/timeline", "pipeline/ffmpeg/jail"}},
	"pipeline/ffmpeg/jail": {"puts up the walls of a started process, before it becomes its program", nil},
	"pipeline/recording":   {"reads a recording by byte ranges: index, clock, the bytes of a stretch", []string{"pipeline", "pipeline/timeline"}},
	"pipeline/marks":       {"reads files of marks, in every format creators have: bytes to lists of entries", []string{"pipeline", "pipeline/timeline"}},
	"pipeline/whisper":     {"hears words with whisper-cli, and keeps its models", []string{"pipeline", "pipeline/ffmpeg", "storage"}},
	"pipeline/stranger":    {"how programs elsewhere are asked: addresses, keys that never print, their words", []string{"pipeline"}},
	"pipeline/openai":      {"speaks the OpenAI contract: sound to words, lines to another language", []string{"pipeline", "pipeline/stranger"}},
	"pipeline/hearing":     {"samples to what is heard: level, noise, crowds, what stands out", nil},
	"pipeline/drop":        {"reads the drop plan, a creator's defaults and channels", []string{"pipeline", "pipeline/channels", "captions"}},
	"pipeline/channels":    {"decides when a clip is posted, what fits a platform, and what is written beside it", []string{"pipeline"}},
	"pipeline/beside":      {"finds what came with a recording: marks, words, the drop plan, defaults", []string{"pipeline", "pipeline/marks", "pipeline/drop", "captions/transcript", "storage", "storage/dir"}},
	"pipeline/arrivals":    {"notices recordings in a source bucket, and takes them in once they are whole", []string{"pipeline", "pipeline/beside", "pipeline/ingest", "storage", "storage/catalog", "storage/dir"}},
	"pipeline/ingest":      {"object to recording", stepMay},
	"pipeline/detect":      {"recording to marks and moments", stepMay},
	"pipeline/excerpt":     {"moment to excerpt and its signals", stepMay},
	"pipeline/transcribe":  {"excerpt to transcript", stepMay},
	"pipeline/plan":        {"moment, words, signals to clips", stepMay},
	"pipeline/render":      {"clips, looks, hooks to segments and variants", stepMay},
	"pipeline/publish":     {"variants to manifest", stepMay},
	"pipeline/inspect":     {"tells what is known of a recording, how far it is, and what failed", []string{"pipeline", "pipeline/timeline", "pipeline/publish", "storage/catalog"}},
	"pipeline/desk":        {"judges clips, hands them to schedulers, each to one, and keeps what became of them", []string{"pipeline", "pipeline/channels", "pipeline/shares", "storage/catalog"}},
	"pipeline/upkeep":      {"proves the promises on live data, repairs, and removes what nothing names", []string{"pipeline", "pipeline/ffmpeg", "pipeline/publish", "storage", "storage/catalog"}},
	"pipeline/shares":      {"share events and snapshots to the micro-share rate; which variant next", []string{"pipeline", "pipeline/timeline"}},
	"pipeline/counters":    {"reads counters out of platforms' exports, and asks platforms for them", []string{"pipeline", "pipeline/stranger", "storage/catalog"}},
	"captions":             {"transcript to cues to tracks; styles; hooks; SRT, VTT, ASS", []string{"pipeline/timeline"}},
	"captions/dictionary":  {"a creator's own words, written as the creator writes them", []string{"captions", "pipeline/timeline"}},
	"captions/transcript":  {"timed words out of the files that bring them", []string{"captions", "pipeline/timeline"}},
	"storage":              {"the bucket contract, keys, digests", []string{"pipeline"}},
	"storage/dir":          {"a bucket in a folder", []string{"pipeline", "storage"}},
	"storage/s3":           {"a bucket in any S3-compatible store", []string{"pipeline", "storage"}},
	"storage/cached":       {"a bucket with a cache of this machine before it", []string{"pipeline", "storage"}},
	"storage/disks":        {"what is free on the disks of this machine, and what work has reserved of it", []string{"pipeline", "storage", "storage/catalog"}},
	"storage/storagetest":  {"one contract suite for every bucket", []string{"pipeline", "storage"}},
	"storage/catalog":      {"the records, in SQL", []string{"pipeline", "pipeline/timeline", "captions"}},
	"web":                  {"answers over HTTP: health, files by signed links, and what its rooms answer", []string{"pipeline", "storage", "storage/dir", "storage/s3", "web/api"}},
	"web/api":              {"what schedulers, editors and programs call, below /v1", []string{"pipeline", "pipeline/beside", "pipeline/desk", "pipeline/inspect", "pipeline/publish", "pipeline/shares", "storage", "storage/catalog", "storage/dir", "web/webhooks"}},
	"web/webhooks":         {"tells creators' webhooks what happens, and verifies what others sign", []string{"pipeline", "pipeline/stranger", "storage/catalog"}},
	"web/metrics":          {"counts what is done, for Prometheus", []string{"pipeline", "storage/catalog"}},
	"workers":              {"does the work rows", []string{"pipeline", "storage/catalog"}},
	"workers/traces":       {"tells OpenTelemetry of rounds and attempts", []string{"pipeline", "storage/catalog"}},
	"workers/workerstest":  {"a Redis of a test's own", nil},

	"faultstest": {"the fault matrix: its rows, its controls, its run", nil},

	"workers/traces/tracestest":     {"a collector of traces for tests", nil},
	"storage/storagetest/child":     {"servers that end with the tests that start them", nil},
	"storage/storagetest/postgres":  {"a PostgreSQL for tests", nil},
	"storage/storagetest/wire":      {"what lies between a program and a server, for tests", nil},
	"storage/storagetest/disk":      {"what lies between SQLite and its files, for tests", nil},
	"storage/storagetest/versitygw": {"an S3-compatible store for tests", nil},
}

var stepMay = []string{"pipeline", "pipeline/timeline", "pipeline/ffmpeg", "pipeline/recording", "pipeline/marks", "pipeline/hearing", "captions", "captions/dictionary", "captions/transcript", "storage", "storage/catalog"}

// homes are things of the outside that only one room may touch; a trailing
// slash means the room and all below it.
var homes = map[string]string{
	"os/exec":                                        "pipeline/ffmpeg",
	"database/sql":                                   "storage/catalog",
	"github.com/jackc/pgx/v5":                        "storage/catalog",
	"modernc.org/sqlite":                             "storage/catalog",
	"github.com/pressly/goose/v3":                    "storage/catalog",
	"github.com/aws/aws-sdk-go-v2":                   "storage/s3",
	"github.com/hibiken/asynq":                       "workers",
	"github.com/danielgtaylor/huma/v2":               "web/api",
	"golang.org/x/time":                              "web/api",
	"github.com/prometheus/client_golang":            "web/metrics",
	"github.com/redis/go-redis/v9":                   "workers/",
	"go.opentelemetry.io":                            "workers/traces",
	"github.com/alicebob/miniredis/v2":               "workers",
	"github.com/fsnotify/fsnotify":                   "storage/dir",
	"github.com/u2takey/ffmpeg-go":                   "pipeline/ffmpeg",
	"github.com/goccy/go-yaml":                       "pipeline/drop",
	"github.com/asticode/go-astisub":                 "captions/",
	"github.com/alecthomas/kong":                     "cmd/dropcut",
	"flag":                                           "cmd/dropcut",
	"github.com/standard-webhooks/standard-webhooks": "web/webhooks",
	"github.com/landlock-lsm/go-landlock/landlock":   "pipeline/ffmpeg/jail",
}

// breaches reads every Go file below root and lists what the house forbids.
// It reads the files itself: a test that asks the go tool is cached as passed
// while the rule is broken.
func breaches(t *testing.T, root fs.FS) []string {
	t.Helper()
	var out []string
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); name != "." && (strings.HasPrefix(base, ".") || base == "testdata" || base == "node_modules" || base == "clips") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		out = append(out, fileBreaches(t, name, string(text))...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func fileBreaches(t *testing.T, name, text string) []string {
	t.Helper()
	var out []string
	folder := path.Dir(name)
	r, known := house[folder]
	if !known {
		return []string{folder + ": a room the house does not know; add it to house_test.go with one sentence"}
	}
	f, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	isTest := strings.HasSuffix(name, "_test.go") || isForTests(folder)
	for _, i := range f.Imports {
		p, _ := strconv.Unquote(i.Path.Value)
		if ours, ok := strings.CutPrefix(p, "dropcut/"); ok && !isTest && ours != folder && (!r.mayImport(ours) || isForTests(ours)) {
			out = append(out, name+" imports "+p)
		}
		for outside, home := range homes {
			if (p == outside || strings.HasPrefix(p, outside+"/")) && !isTest && !isAt(folder, home) {
				out = append(out, name+" imports "+p+", whose home is "+home)
			}
		}
	}
	if lines := strings.Count(text, "\n"); lines > 500 {
		out = append(out, name+" has "+strconv.Itoa(lines)+" lines; 500 is the most")
	}
	return out
}

// isForTests reports whether only tests may use a room, by its name or the name
// of one it lies in: then it may start servers, as they may.
func isForTests(folder string) bool { return strings.Contains(folder+"/", "test/") }

func isAt(folder, home string) bool {
	return folder == home || strings.HasSuffix(home, "/") && strings.HasPrefix(folder+"/", home)
}

func (r room) mayImport(ours string) bool {
	return slices.ContainsFunc(r.may, func(m string) bool {
		return m == "/" || m == ours || strings.HasSuffix(m, "/") && strings.HasPrefix(ours, m)
	})
}

func TestTheHouseHasNoBreach(t *testing.T) {
	for _, b := range breaches(t, os.DirFS(filepath.Join("..", ".."))) {
		t.Error(b)
	}
}

func TestABreachIsSeen(t *testing.T) {
	for _, c := range []struct{ name, text string }{
		{"pipeline/plan/x.go", "package plan\nimport _ \"dropcut/pipeline/render\"\n"},
		{"pipeline/timeline/x.go", "package timeline\nimport _ \"dropcut/pipeline\"\n"},
		{"captions/x.go", "package captions\nimport _ \"dropcut/pipeline\"\n"},
		{"pipeline/render/x.go", "package render\nimport _ \"os/exec\"\n"},
		{"pipeline/transcribe/x.go", "package transcribe\nimport _ \"github.com/asticode/go-astisub\"\n"},
		{"workers/x.go", "package workers\nimport _ \"database/sql\"\n"},
		{"workers/x.go", "package workers\nimport _ \"github.com/jackc/pgx/v5/pgconn\"\n"},
		{"cmd/dropcut/x.go", "package main\nimport _ \"dropcut/storage/storagetest/postgres\"\n"},
		{"util/x.go", "package util\n"},
		{"cmd/dropcut/x.go", "package main\nimport _ \"dropcut/workers/workerstest\"\n"},
		{"workers/long.go", "package workers\n" + strings.Repeat("// x\n", 501)},
	} {
		if got := fileBreaches(t, c.name, c.text); len(got) != 1 {
			t.Errorf("%s: %d breaches seen, want 1: %v", c.name, len(got), got)
		}
	}
	if got := fileBreaches(t, "pipeline/plan/x_test.go", "package plan\nimport _ \"os/exec\"\n"); len(got) != 0 {
		t.Errorf("a test may start processes: %v", got)
	}
}
