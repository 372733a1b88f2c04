package main

import (
	"os"
	"path/filepath"

	"github.com/adrg/xdg"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/openai"
	"dropcut/pipeline/stranger"
	"dropcut/pipeline/transcribe"
	"dropcut/pipeline/whisper"
)

// Who hears words where no file brings them.
const (
	byWhisper = "whisper" // an installed model, here
	byService = "openai"  // a service that speaks the OpenAI contract
	byNobody  = "none"
)

// modelsFolder is where models are installed.
func modelsFolder() whisper.Folder {
	if dir := os.Getenv("DROPCUT_MODELS"); dir != "" {
		return whisper.Folder{Path: dir}
	}
	return whisper.Folder{Path: filepath.Join(xdg.DataHome, "dropcut", "models")}
}

// chosenRecogniser is what the flag or DROPCUT_RECOGNISER says, else what is
// configured: a service with an address, then a model that is installed.
func chosenRecogniser(flag string) (string, error) {
	if flag == "" {
		flag = os.Getenv("DROPCUT_RECOGNISER")
	}
	switch flag {
	case byWhisper, byService, byNobody:
		return flag, nil
	case "":
	default:
		return "", pipeline.Fail(pipeline.Usage, "bad_recogniser", "use whisper, openai or none", "recogniser %q", flag)
	}
	if os.Getenv("DROPCUT_RECOGNISER_URL") != "" {
		return byService, nil
	}
	if _, chosen, err := modelsFolder().All(); err != nil || chosen == "" {
		return byNobody, err
	}
	return byWhisper, nil
}

// recogniser is who hears; nil for nobody. What is configured and cannot work
// is said before any work begins.
func recogniser(flag string, runner *ffmpeg.Runner) (transcribe.Recogniser, error) {
	who, err := chosenRecogniser(flag)
	if err != nil {
		return nil, err
	}
	switch who {
	case byWhisper:
		m, err := modelsFolder().Find(os.Getenv("DROPCUT_RECOGNISER_MODEL"))
		if err != nil {
			return nil, err
		}
		return whisper.New(runner, m), nil
	case byService:
		c := openai.Config{URL: os.Getenv("DROPCUT_RECOGNISER_URL"), Model: os.Getenv("DROPCUT_RECOGNISER_MODEL"), Key: stranger.Key(os.Getenv("DROPCUT_RECOGNISER_KEY"))}
		if c.Model == "" {
			c.Model = "whisper-1" // the one of that company's models that gives words their times
		}
		return endpointOf(c, "DROPCUT_RECOGNISER_URL")
	}
	return nil, nil
}

// translator is who translates; nil where nobody is asked to.
func translator(languages []string) (transcribe.Translator, error) {
	if len(languages) == 0 {
		return nil, nil
	}
	return endpointOf(openai.Config{URL: os.Getenv("DROPCUT_TRANSLATOR_URL"), Model: os.Getenv("DROPCUT_TRANSLATOR_MODEL"), Key: stranger.Key(os.Getenv("DROPCUT_TRANSLATOR_KEY"))},
		"DROPCUT_TRANSLATOR_URL")
}

// proposer writes hooks; nil where nobody is asked to.
func proposer(wanted bool) (transcribe.Proposer, error) {
	if !wanted {
		return nil, nil
	}
	return endpointOf(openai.Config{URL: os.Getenv("DROPCUT_HOOKS_URL"), Model: os.Getenv("DROPCUT_HOOKS_MODEL"), Key: stranger.Key(os.Getenv("DROPCUT_HOOKS_KEY"))},
		"DROPCUT_HOOKS_URL")
}

// endpointOf is a client whose address stands in that variable.
func endpointOf(c openai.Config, variable string) (*openai.Client, error) {
	if c.URL == "" {
		return nil, pipeline.Fail(pipeline.Usage, "no_service", "set it to a base such as https://api.openai.com/v1; docs/configuration.md lists the others", "%s is not set", variable)
	}
	return openai.New(c)
}
