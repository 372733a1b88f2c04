package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"os"
	"strings"

	"dropcut/pipeline"
)

// mostSound is what the contract allows of one upload.
const mostSound = 25 << 20

// Hear sends a sound file and gives the service's verbose_json as it came: an
// object, with words and segments where the service has them. language is the
// tag of the language spoken; empty when that is not known. Errors as of call;
// a file of more than 25 MiB is Invalid, code too_large.
func (c *Client) Hear(ctx context.Context, wav, language string) ([]byte, error) {
	sound, err := readSound(wav)
	if err != nil {
		return nil, err
	}
	r, err := c.upload(sound, language)
	if err != nil {
		return nil, pipeline.Fail(pipeline.Internal, "request", "", "write a request: %w", err)
	}
	body, err := c.call(ctx, r)
	if err != nil {
		return nil, err
	}
	return body, c.timed(body)
}

// timed refuses answers that are no transcript, and those that say something
// and not when.
func (c *Client) timed(body []byte) error {
	var doc struct {
		Text     *string           `json:"text"`
		Words    []json.RawMessage `json:"words"`
		Segments []json.RawMessage `json:"segments"`
	}
	err := json.Unmarshal(body, &doc)
	timed := len(doc.Words)+len(doc.Segments) > 0
	switch {
	case err != nil || doc.Text == nil && !timed:
		return pipeline.Fail(pipeline.Unavailable, "bad_answer", "check the address: it must speak the OpenAI contract with verbose_json",
			"%s answers with no transcript", c.place())
	case !timed && strings.TrimSpace(*doc.Text) != "":
		return pipeline.Fail(pipeline.Unavailable, "no_times", "name a model that gives times, such as whisper-1",
			"%s says what was said and not when", c.Name())
	}
	return nil
}

func readSound(wav string) ([]byte, error) {
	f, err := os.Open(wav)
	if err != nil {
		return nil, pipeline.Fail(pipeline.Internal, "no_sound", "", "read the sound: %w", err)
	}
	defer f.Close()
	sound, err := io.ReadAll(io.LimitReader(f, mostSound+1))
	switch {
	case err != nil:
		return nil, pipeline.Fail(pipeline.Unavailable, "storage", "", "read the sound: %w", err)
	case len(sound) > mostSound:
		return nil, pipeline.Fail(pipeline.Invalid, "too_large", "", "the sound is longer than the %d MiB a service takes", mostSound>>20)
	}
	return sound, nil
}

// upload is the multipart form of the contract.
func (c *Client) upload(sound []byte, language string) (request, error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	fields := [][2]string{{"model", c.model}, {"response_format", "verbose_json"}, {"temperature", "0"},
		{"timestamp_granularities[]", "word"}, {"timestamp_granularities[]", "segment"}}
	if language != "" {
		fields = append(fields, [2]string{"language", language})
	}
	for _, f := range fields {
		if err := form.WriteField(f[0], f[1]); err != nil {
			return request{}, err
		}
	}
	part, err := form.CreateFormFile("file", "excerpt.wav")
	if err != nil {
		return request{}, err
	}
	if _, err := part.Write(sound); err != nil {
		return request{}, err
	}
	if err := form.Close(); err != nil {
		return request{}, err
	}
	return request{path: "/audio/transcriptions", kind: form.FormDataContentType(), body: body.Bytes()}, nil
}
