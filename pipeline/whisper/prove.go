package whisper

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
)

// proofSound is three seconds that have the shape of speech: a voice's tones,
// swelling four times a second, with a pause in the middle. It says nothing: it
// proves that the program, the model and the sandbox fit together, and not that
// words are heard well.
const proofSound = "aevalsrc=exprs='(0.5*sin(2*PI*140*t)+0.3*sin(2*PI*700*t)+0.15*sin(2*PI*1220*t))*pow(sin(2*PI*2*t)\\,2)*(1-between(t\\,1.4\\,1.7))':s=16000:d=3"

// Prove hears three seconds of sound of our own making with the model, in a
// folder below temp. What is wrong has the kinds of Hear; an answer that is no
// transcript is Invalid, code not_proved.
func (r *Recogniser) Prove(ctx context.Context, temp string) error {
	folder, err := os.MkdirTemp(temp, "prove-")
	if err != nil {
		return pipeline.Fail(pipeline.Unavailable, "no_temp", "make room, or point TMPDIR elsewhere", "make a folder for the proof: %w", err)
	}
	defer os.RemoveAll(folder)
	args := ffmpeg.Generated("lavfi", proofSound, nil, "", ffmpeg.Output{Maps: []string{"0:a"}, File: "proof.wav",
		Options: []ffmpeg.Option{{Name: "c:a", Value: "pcm_s16le"}, {Name: "ac", Value: "1"}, {Name: "ar", Value: "16000"}, {Name: "f", Value: "wav"}}})
	if _, err := r.runner.Run(ctx, ffmpeg.Command{Args: args, Dir: folder}); err != nil {
		return err
	}
	body, err := r.Hear(ctx, filepath.Join(folder, "proof.wav"), "en")
	if err != nil {
		return err
	}
	return judge(body)
}

// judge is nil for a transcript of the form that whisper-cli writes, whatever
// it says.
func judge(body []byte) error {
	var doc struct {
		Result        struct{ Language string }
		Transcription *[]struct {
			Offsets struct{ From, To int64 }
		}
	}
	bad := func(why string) error {
		return pipeline.Fail(pipeline.Invalid, "not_proved", "is it the program of whisper.cpp? a newer one may help", "whisper-cli ran, and %s", why)
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return bad("what it wrote cannot be read: " + err.Error())
	}
	if doc.Transcription == nil || doc.Result.Language == "" {
		return bad("what it wrote is no transcript")
	}
	for _, s := range *doc.Transcription {
		if s.Offsets.From < 0 || s.Offsets.To < s.Offsets.From {
			return bad("its times run backwards")
		}
	}
	return nil
}
