package whisper

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/storage"
)

// stands is a recogniser whose program is a shell script, for what the real one
// never does.
func stands(t *testing.T, body string) *Recogniser {
	t.Helper()
	script := filepath.Join(t.TempDir(), "whisper-cli")
	if err := os.WriteFile(script, []byte("#!/bin/sh\n"+body), 0o700); err != nil {
		t.Fatal(err)
	}
	return with(t, script)
}

// with is a recogniser with that program and a model without weights.
func with(t *testing.T, program string) *Recogniser {
	t.Helper()
	runner, err := ffmpeg.New(ffmpeg.Config{Whisper: program})
	if err != nil {
		t.Fatal(err)
	}
	model := filepath.Join(t.TempDir(), "ggml-empty.bin")
	emptyModel(t, model)
	digest, n, err := storage.DigestFile(model)
	if err != nil {
		t.Fatal(err)
	}
	return New(runner, Installed{Name: "empty", Path: model, Bytes: n, Digest: digest})
}

func wav(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "sound.wav")
	if err := os.WriteFile(file, []byte("RIFF"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestTheRealProgramRuns needs whisper-cli on the PATH, or named by
// DROPCUT_WHISPER: it proves the door, the walls, the arguments and the form of
// the answer with a model of our own making.
func TestTheRealProgramRuns(t *testing.T) {
	t.Parallel()
	program := os.Getenv("DROPCUT_WHISPER")
	if program == "" {
		program = "whisper-cli"
	}
	if _, err := exec.LookPath(program); err != nil {
		t.Skip("whisper-cli is not installed here")
	}
	r := with(t, program)
	if err := r.Prove(t.Context(), t.TempDir()); err != nil {
		t.Error(err)
	}
	if err := os.Truncate(r.model.Path, 1000); err != nil {
		t.Fatal(err)
	}
	if _, err := New(r.runner, r.model).Hear(t.Context(), wav(t), ""); pipeline.AsError(err, "").Code != "model_mismatch" {
		t.Errorf("half a model: %v", err)
	}
	var err error
	if r.model.Digest, r.model.Bytes, err = storage.DigestFile(r.model.Path); err != nil {
		t.Fatal(err)
	}
	if err := New(r.runner, r.model).Prove(t.Context(), t.TempDir()); err == nil {
		t.Error("half a model is proved")
	}
}

func TestArgumentsArePlain(t *testing.T) {
	want := "--model /m/x.bin --file sound.wav --language auto --threads 2 --output-json-full --output-file heard --no-prints --no-gpu"
	if got := strings.Join(arguments("/m/x.bin", "sound.wav", "", 2), " "); got != want {
		t.Errorf("%s", got)
	}
	if got := arguments("m", "s", "de", 1); !slices.Contains(got, "de") || slices.Contains(got, "auto") {
		t.Errorf("%q", got)
	}
}

const answers = `{"result":{"language":"en"},"transcription":[{"offsets":{"from":0,"to":10},"text":" hi"}]}`

func TestTheProofIsAnAnswerOfTheRightForm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ why, script, code string }{
		{"as it should be", "printf '%s' '" + answers + "' > heard.json", ""},
		{"nothing written, status 0", "exit 0", "no_words"},
		{"an error", "echo no such model >&2; exit 3", "refused"},
		{"another program", "echo hello > heard.json", "not_proved"},
		{"a transcript of something else", "echo '{\"text\":\"hi\"}' > heard.json", "not_proved"},
		{"times that run backwards", `echo '{"result":{"language":"en"},"transcription":[{"offsets":{"from":9,"to":1}}]}' > heard.json`, "not_proved"},
		{"a folder", "mkdir heard.json", "no_words"},
		{"too much", fmt.Sprintf("yes | head -c %d > heard.json", mostHeard+1), "too_large"},
		{"a file without end", "exec yes > heard.json", "too_large"},
		{"a flood of talk", "yes hello | head -c 30000000; printf '%s' '" + answers + "' > heard.json", ""},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			err := stands(t, c.script).Prove(t.Context(), t.TempDir())
			if c.code == "" && err != nil || c.code != "" && (err == nil || pipeline.AsError(err, "").Code != c.code) {
				t.Errorf("%v, want %q", err, c.code)
			}
		})
	}
}

func TestWhatAnEarlierRunHeardIsNotTaken(t *testing.T) {
	t.Parallel()
	file := wav(t)
	if err := os.WriteFile(filepath.Join(filepath.Dir(file), "heard.json"), []byte(answers), 0o600); err != nil {
		t.Fatal(err)
	}
	if body, err := stands(t, "exit 0").Hear(t.Context(), file, ""); err == nil {
		t.Errorf("%s", body)
	}
}

func TestAProgramThatHangsIsStopped(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(300*time.Millisecond, cancel)
	began := time.Now()
	_, err := stands(t, "trap '' TERM; while :; do sleep 0.05; done").Hear(ctx, wav(t), "")
	if pipeline.KindOf(err) != pipeline.Stopped || time.Since(began) > 20*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}

func TestAMissingProgramIsSaid(t *testing.T) {
	t.Parallel()
	_, err := with(t, filepath.Join(t.TempDir(), "none")).Hear(t.Context(), wav(t), "")
	if pipeline.AsError(err, "").Code != "no_whisper-cli" {
		t.Errorf("%v", err)
	}
}

func FuzzJudge(f *testing.F) {
	f.Add([]byte(answers))
	f.Add([]byte(`{"transcription":null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if err := judge(body); err != nil && pipeline.KindOf(err) != pipeline.Invalid {
			t.Errorf("%v", err)
		}
	})
}
