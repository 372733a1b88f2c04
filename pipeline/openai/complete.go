package openai

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"dropcut/pipeline"
)

const tries = 2 // of one question whose answer cannot be read

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// complete asks for a JSON object made from material, which goes as JSON, and
// gives the completion to read. An answer that read refuses is asked for once
// more and then Unavailable, code bad_answer; bad says what the service did
// then. Other errors as of call.
func (c *Client) complete(ctx context.Context, asked string, material any, bad string, read func(body []byte) error) error {
	question, err := c.question(asked, material)
	if err != nil {
		return pipeline.Fail(pipeline.Internal, "request", "", "write a request: %w", err)
	}
	for n := 1; ; n++ {
		body, err := c.call(ctx, request{path: "/chat/completions", kind: "application/json", body: question})
		if err != nil {
			return err
		}
		if err = read(body); err == nil {
			return nil
		}
		if n == tries {
			return pipeline.Fail(pipeline.Unavailable, "bad_answer", "try another model", "%s %s: %w", c.place(), bad, err)
		}
	}
}

// question is the body of one request.
func (c *Client) question(asked string, material any) ([]byte, error) {
	text, err := json.Marshal(material)
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{"model": c.model, "temperature": 0, "response_format": map[string]string{"type": "json_object"},
		"messages": []message{{"system", asked}, {"user", string(text)}}})
}

// content reads the JSON that is the text of one completion.
func content(body []byte, into any) error {
	var doc struct {
		Choices []struct {
			Message      message `json:"message"`
			FinishReason string  `json:"finish_reason"`
		} `json:"choices"`
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return fmt.Errorf("the answer is no completion: %w", err)
	}
	if len(doc.Choices) == 0 {
		return fmt.Errorf("the answer holds no choice")
	}
	if r := doc.Choices[0].FinishReason; r == "length" || r == "content_filter" {
		return fmt.Errorf("the answer was cut off: %s", r)
	}
	if err := json.Unmarshal([]byte(unfenced(doc.Choices[0].Message.Content)), into); err != nil {
		return fmt.Errorf("what it says cannot be read: %w", err)
	}
	return nil
}

// unfenced is a text without the code fence that some models put around JSON.
func unfenced(text string) string {
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, "```"); ok {
		rest = strings.TrimPrefix(rest, "json")
		return strings.TrimSuffix(strings.TrimSpace(rest), "```")
	}
	return text
}
