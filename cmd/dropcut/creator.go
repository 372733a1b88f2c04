package main

import (
	"os"
	"path/filepath"
	"slices"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/beside"
)

// ownFonts are the files and folders of fonts that a creator's defaults name.
func ownFonts(f beside.Found) (out []string) {
	for _, font := range f.Usual.Fonts {
		out = append(out, filepath.Join("/", filepath.Dir(f.Defaults.Path), filepath.FromSlash(font)))
	}
	return out
}

// useFonts sets captions in the fonts that creators bring, unless DROPCUT_FONTS
// names others. One run has one set of fonts: recordings whose defaults name
// different ones are Usage.
func (h *workshop) useFonts(all []beside.Found) (err error) {
	if len(all) == 0 || os.Getenv("DROPCUT_FONTS") != "" {
		return nil
	}
	own := ownFonts(all[0])
	for _, f := range all[1:] {
		if !slices.Equal(own, ownFonts(f)) {
			return pipeline.Fail(pipeline.Usage, "usage", "run them one after the other", "%s and %s name different fonts",
				defaultsOf(all[0]), defaultsOf(f))
		}
	}
	if len(own) == 0 {
		return nil
	}
	for _, path := range own {
		if _, err := os.Stat(path); err != nil {
			return pipeline.Fail(pipeline.NotFound, "no_such_file", "check fonts in "+defaultsOf(all[0]), "read fonts: %w", err)
		}
	}
	if h.fonts, err = captions.LoadOwnFonts(own); err != nil {
		return pipeline.Fail(pipeline.Internal, "fonts", "", "load fonts: %w", err)
	}
	return nil
}

func defaultsOf(f beside.Found) string {
	if f.Defaults == nil {
		return "a recording without defaults"
	}
	return "/" + f.Defaults.Path
}
