package render

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

const (
	clipFile   = "clip.mp4"
	posterFile = "poster.jpg"
)

// make assembles, proves and stores a variant's file. unfit are segments that
// must be made again; then there is no file.
func (s *Assembly) make(ctx context.Context, in *assemblyInput) (*pipeline.MadeFile, []catalog.Segment, error) {
	rows, unfit, err := in.choose(s.Build)
	if err != nil {
		return nil, unfit, err
	}
	var sound facts
	if in.variant.Sound != "" {
		kept := in.rows[in.variant.Sound]
		if len(kept) == 0 {
			return nil, nil, in.missing(pipeline.SegmentRef{Recipe: in.variant.Sound})
		}
		rows = append(rows, kept[0])
		sound = readFacts(kept[0].Doc)
	}
	parts, unfit, closeParts, err := s.fetch(ctx, rows, in.local("segments"))
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = closeParts() }()
	if len(unfit) > 0 {
		return nil, unfit, pipeline.Fail(pipeline.Corrupt, "segment_damaged", "run again: it is made anew", "%d kept segments are gone or damaged", len(unfit))
	}
	pieces, err := in.open(parts)
	if err != nil {
		return nil, nil, err
	}
	if err := in.assemble(pieces); err != nil {
		return nil, nil, err
	}
	made, err := s.proven(ctx, in, pieces, sound)
	if err != nil {
		return nil, nil, err
	}
	in.note(made, rows)
	return made, nil, s.put(ctx, in, made)
}

// pieces are opened segments and sound.
type pieces struct {
	pictures []Picture
	sound    *SoundTrack
}

func (in *assemblyInput) open(parts []*io.SectionReader) (pieces, error) {
	var p pieces
	for i, ref := range in.variant.Segments {
		pic, err := OpenSegment(parts[i], in.rate())
		if err != nil {
			return p, err
		}
		if pic.Frames != ref.Frames() {
			return p, pipeline.Fail(pipeline.Corrupt, "frames_missing", "", "a segment has %d frames of %d", pic.Frames, ref.Frames())
		}
		p.pictures = append(p.pictures, pic)
	}
	if in.variant.Sound == "" {
		return p, nil
	}
	var err error
	p.sound, err = OpenSound(parts[len(parts)-1])
	return p, err
}

func (in *assemblyInput) assemble(p pieces) error {
	f, err := os.Create(in.local(clipFile))
	if err != nil {
		return disk(err, "assemble")
	}
	w := bufio.NewWriterSize(f, 1<<20)
	err = Assemble(w, p.pictures, p.sound, in.rate())
	if err == nil {
		err = w.Flush()
	}
	return disk(errors.Join(err, f.Close()), "assemble")
}

// note collects what is known of the pieces, once each, and names the bytes
// the variant is made of.
func (in *assemblyInput) note(made *pipeline.MadeFile, rows []catalog.Segment) {
	seen := map[pipeline.Note]bool{}
	for i, row := range rows {
		for _, n := range readFacts(row.Doc).Notes {
			if !seen[n] {
				seen[n] = true
				made.Notes = append(made.Notes, n)
			}
		}
		if i < len(in.variant.Segments) {
			in.variant.Segments[i].Digest = row.Digest
		}
	}
	if in.variant.Sound == "" {
		made.Notes = append(made.Notes, pipeline.Note{Code: "no_sound", Detail: "the recording has no sound"})
	}
}

// put stores the file, and the poster before it where the variant leads.
func (s *Assembly) put(ctx context.Context, in *assemblyInput, made *pipeline.MadeFile) error {
	if in.variant.Lead {
		res, err := s.FFmpeg.Run(ctx, poster(in.dir))
		in.cpu += res.CPU
		if err != nil {
			return err
		}
		digest, _, err := storage.DigestFile(in.local(posterFile))
		if err != nil {
			return disk(err, "read the poster")
		}
		made.Poster = in.key(in.name("poster") + "-" + storage.Hex(digest)[:8] + ".jpg")
		if err := s.putFile(ctx, s.Output, made.Poster, in.local(posterFile), digest); err != nil {
			return err
		}
	}
	made.Key = in.key(in.fileName(made.Digest))
	return s.putFile(ctx, s.Output, made.Key, in.local(clipFile), made.Digest)
}

// poster draws the first picture: with a hook, it is the cover.
func poster(dir string) ffmpeg.Command {
	return ffmpeg.Command{Dir: dir, Args: ffmpeg.Arguments(ffmpeg.Input{File: clipFile},
		"[0:v:0]scale=in_color_matrix=bt709:out_color_matrix=bt601:out_range=pc,format=yuvj420p[p]",
		ffmpeg.Output{Maps: []string{"[p]"}, File: posterFile, Options: []ffmpeg.Option{{Name: "frames:v", Value: "1"}, {Name: "q:v", Value: "3"}, {Name: "update", Value: "1"}}})}
}
