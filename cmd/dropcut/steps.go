package main

import (
	"time"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/detect"
	"dropcut/pipeline/excerpt"
	"dropcut/pipeline/ingest"
	"dropcut/pipeline/plan"
	"dropcut/pipeline/publish"
	"dropcut/pipeline/render"
	"dropcut/pipeline/transcribe"
	"dropcut/workers"
)

// steps is who does each step of the line. pipeline/line.go has their order.
func (h *workshop) steps() map[pipeline.Step]workers.Step {
	var room excerpt.Room // an interface that is nil where nobody keeps count
	if h.room != nil {
		room = h.room
	}
	bench := render.Bench{Room: room, Catalog: h.db, Data: h.data, Output: h.output, FFmpeg: h.runner, Fonts: h.fonts, Temp: h.temp,
		Build: h.version, Scale: h.scale}
	return map[pipeline.Step]workers.Step{
		pipeline.Ingest:     &ingest.Step{Catalog: h.db, Sources: h.source, Shelf: h.shelf, FFmpeg: h.runner, Temp: h.temp, Zone: time.Local},
		pipeline.Detect:     &detect.Step{Catalog: h.db, Data: h.data, Shelf: h.shelf, FFmpeg: h.runner, Temp: h.temp},
		pipeline.Excerpt:    &excerpt.Step{Catalog: h.db, Data: h.data, Shelf: h.shelf, FFmpeg: h.runner, Temp: h.temp, Room: room},
		pipeline.Transcribe: &transcribe.Step{Catalog: h.db, Data: h.data, FFmpeg: h.runner, Temp: h.temp, Recogniser: h.hears, Translator: h.tells, Proposer: h.writes, Room: room},
		pipeline.Plan:       &plan.Step{Catalog: h.db},
		pipeline.Compose:    &render.Compose{Bench: bench},
		pipeline.Render:     &render.Run{Bench: bench},
		pipeline.Sound:      &render.Sound{Bench: bench},
		pipeline.Assemble:   &render.Assembly{Bench: bench},
		pipeline.Publish: &publish.Step{Catalog: h.db, Output: h.output, SRT: captions.SRT, VTT: captions.VTT,
			Dropcut: version, FFmpeg: h.version, Room: room},
	}
}
