package marks

import (
	"strings"
	"time"

	"dropcut/pipeline/timeline"
)

// Recording is what a format may need to know of the recording that its marks
// are for.
type Recording struct {
	Name      string        // the file's base name
	Rate      timeline.Rate // the timeline's; formats that count frames need it
	Length    time.Duration // 0: not known
	StartedAt *time.Time    // wall clock at zero; nil: not known
}

// rate is the timeline's; 30 where it is not known.
func (r Recording) rate() timeline.Rate {
	if r.Rate.IsZero() {
		return timeline.Rate30
	}
	return r.Rate
}

// Format is one way in which something points into a recording: a row of the table.
type Format struct {
	Source string        // Mark.Source; stable
	Name   string        // as people call it
	Told   string        // how a file of it is told, for people
	From   string        // where creators get it
	Finest time.Duration // the finest precision it can claim; 0: one frame
	Habit  Habit
	Part   bool   // its entries may be chapters, which merely say how a recording is built
	Inside string // the source of the row whose files hold it; empty: files of its own

	looks func(*file) bool
	parse func(*file, Recording) ([]List, error) // nil: no file of its own
	found func(*file, []List) bool               // whether a file that nobody named is marks; nil: always
}

// IsFile reports whether a file can be of the format.
func (f Format) IsFile() bool { return f.parse != nil }

// The sources of marks, as Mark.Source names them.
const (
	SourceFlag             = "flag"
	SourceNative           = "dropcut_json"
	SourceTimestamps       = "timestamps"
	SourceTwitch           = "twitch_csv"
	SourceHelix            = "twitch_json"
	SourceFFmetadata       = "ffmetadata"
	SourceMatroskaXML      = "matroska_xml"
	SourceOGM              = "ogm_chapters"
	SourceWebVTT           = "webvtt_chapters"
	SourcePodcast          = "podcast_chapters"
	SourceHLSChapters      = "hls_chapters"
	SourceYtdlp            = "ytdlp_chapters"
	SourceYtdlpHeatmap     = "ytdlp_heatmap"
	SourceYtdlpDescription = "ytdlp_description"
	SourceLosslessCut      = "losslesscut_csv"
	SourceLLC              = "losslesscut_llc"
	SourceAudacity         = "audacity_labels"
	SourceOBSInfo          = "obs_info_writer"
	SourceOBS              = "obs_chapter"
	SourceGoPro            = "gopro_hilight"
	SourceChapter          = "chapter"
	SourceSignal           = "signal"
	SourceFCPXML           = "fcpxml"
	SourceXMEML            = "xmeml"
	SourceHLS              = "hls_daterange"
	SourceResolve          = "resolve_edl"
	SourceOBSInfoEDL       = "obs_info_edl"
	SourceCuts             = "cmx_edl"
	SourcePremiere         = "premiere_markers"
	SourceScenes           = "mplayer_edl"
	SourcePlan             = "drop_plan"
	SourceLive             = "live"
)

// Formats is the one table. The first row that knows a file reads it; so what
// has a signature stands before what is told by its lines, and a list of times
// is the last.
func Formats() []Format {
	return []Format{
		{Source: SourceFlag, Name: "`--mark`", Told: "typed on the command line", From: "you", Finest: time.Nanosecond, Habit: typed},
		{Source: SourceOBS, Name: "OBS hotkey chapters", Told: "a chapter track by OBS in the recording itself", From: "OBS Studio 30.2 and later: Hybrid MP4, the hotkey *Add Chapter Marker*",
			Finest: time.Millisecond, Habit: hotkey},
		{Source: SourceGoPro, Name: "GoPro HiLight tags", Told: "`HMMT` or `GPMF` in the recording itself", From: "the highlight button of a GoPro, or its voice command",
			Finest: time.Millisecond, Habit: hotkey},
		{Source: SourceChapter, Name: "chapters in the recording", Told: "MP4 and QuickTime chapter tracks, Nero `chpl`, Matroska chapters", From: "editors, muxers, downloaders",
			Finest: time.Millisecond, Habit: chaptered, Part: true},
		{Source: SourceSignal, Name: "what stands out", Told: "proposed where nobody pointed at anything, never surer than 0.5", From: "the recording's own sound, words and pictures",
			Finest: 500 * time.Millisecond, Habit: guessed},
		{Source: SourcePlan, Name: "the drop plan", Told: "`planned` in `drop.yaml`, by the recording's clock", From: "you, before the show ([drop-plan.md](drop-plan.md))", Finest: time.Second, Habit: expected},
		{Source: SourceLive, Name: "live marks", Told: "by wall clock, placed by when the recording began, or at an offset on it", From: "the button at `/mark`, `dropcut mark`, `POST /v1/marks`",
			Finest: time.Millisecond, Habit: button},
		{Source: SourceNative, Name: "dropcut's own JSON", Told: "a JSON object with `marks`", From: "scripts: `{\"version\":1,\"marks\":[{\"start\":\"10:15\",\"end\":\"11:40\",\"label\":\"…\"}]}`",
			Finest: time.Nanosecond, Habit: written, looks: looksNative, parse: parseNative},
		{Source: SourceHelix, Name: "Twitch markers, JSON", Told: "`data` with `videos` or `position_seconds`", From: "Twitch's API, `helix/streams/markers`",
			Finest: time.Second, Habit: button, looks: looksHelix, parse: parseHelix},
		{Source: SourceFFmetadata, Name: "ffmetadata", Told: "begins with `;FFMETADATA`", From: "`ffmpeg -i in.mp4 -f ffmetadata out.txt`",
			Finest: time.Nanosecond, Habit: chaptered, Part: true, looks: looksFFmetadata, parse: parseFFmetadata},
		{Source: SourceMatroskaXML, Name: "Matroska chapters, XML", Told: "XML whose root is `Chapters`", From: "`mkvextract chapters in.mkv`, MKVToolNix",
			Finest: time.Nanosecond, Habit: chaptered, Part: true, looks: looksMatroskaXML, parse: parseMatroskaXML},
		{Source: SourceOGM, Name: "OGM chapters", Told: "begins with `CHAPTER01=`", From: "`mkvextract chapters -s in.mkv`, MP4Box, HandBrake",
			Finest: time.Millisecond, Habit: chaptered, Part: true, looks: looksOGM, parse: parseOGM},
		{Source: SourceWebVTT, Name: "WebVTT chapters", Told: "begins with `WEBVTT`; beside a recording only if its cues are long, short of words and plain", From: "video players, editors of podcasts",
			Finest: time.Millisecond, Habit: chaptered, Part: true, looks: looksWebVTT, parse: parseWebVTT, found: areChapters},
		{Source: SourcePodcast, Name: "Podcasting 2.0 chapters", Told: "`chapters` with `startTime`", From: "podcast hosts and editors",
			Finest: time.Millisecond, Habit: chaptered, Part: true, looks: looksPodcast, parse: parsePodcast},
		{Source: SourceHLSChapters, Name: "HLS chapters, JSON", Told: "a list of `start-time`", From: "Apple's `com.apple.hls.chapters`",
			Finest: time.Millisecond, Habit: chaptered, Part: true, looks: looksHLSChapters, parse: parseHLSChapters},
		{Source: SourceYtdlp, Name: "yt-dlp's info.json", Told: "`extractor` or `webpage_url`, or `chapters` with `start_time`", From: "`yt-dlp --write-info-json`",
			Finest: time.Millisecond, Habit: chaptered, Part: true, looks: looksYtdlp, parse: parseYtdlp},
		{Source: SourceYtdlpDescription, Name: "times in the description", Told: "`description`", From: "yt-dlp", Inside: SourceYtdlp,
			Finest: time.Millisecond, Habit: noted, Part: true},
		{Source: SourceYtdlpHeatmap, Name: "most replayed", Told: "`heatmap`; its peaks, to half a bin", From: "yt-dlp, of videos on YouTube", Inside: SourceYtdlp,
			Finest: time.Millisecond, Habit: replayed},
		{Source: SourceLLC, Name: "LosslessCut project", Told: "JSON5 with `cutSegments`", From: "LosslessCut: `name-proj.llc`",
			Finest: time.Millisecond, Habit: edited, looks: looksLLC, parse: parseLLC},
		{Source: SourceOBSInfo, Name: "OBS Info Writer", Told: "lines `Record Time Marker`", From: "the plugin OBSInfoWriter, its default format",
			Finest: time.Second, Habit: hotkey, looks: looksOBSInfo, parse: parseOBSInfo},
		{Source: SourceAudacity, Name: "Audacity labels", Told: "two times of six decimals and tabs", From: "Audacity, *Export Labels*",
			Finest: time.Microsecond, Habit: edited, looks: looksAudacity, parse: parseAudacity},
		{Source: SourceFCPXML, Name: "Final Cut Pro XML", Told: "XML, root `fcpxml`", From: "Final Cut Pro, *File > Export XML*: markers on clips, titles and transitions",
			Habit: edited, Part: true, looks: looksFCPXML, parse: parseFCPXML},
		{Source: SourceXMEML, Name: "Final Cut Pro 7 XML", Told: "XML, root `xmeml`", From: "Premiere Pro, DaVinci Resolve: *Export > Final Cut Pro XML*: markers of sequences and clips",
			Habit: edited, Part: true, looks: looksXMEML, parse: parseXMEML},
		{Source: SourceHLS, Name: "HLS date ranges", Told: "a playlist with `EXT-X-DATERANGE` and `EXT-X-PROGRAM-DATE-TIME`", From: "streaming services and packagers; keep the playlist beside the recording", Finest: time.Millisecond,
			Habit: noted, looks: looksHLS, parse: parseHLS},
		{Source: SourceResolve, Name: "DaVinci Resolve timeline markers, EDL", Told: "an edit list with a colour, a name and a length (`C:`, `M:`, `D:`) below its events", From: "DaVinci Resolve, *Timelines > Export > Timeline Markers to EDL*",
			Habit: edited, Part: true, looks: looksResolve, parse: parseResolve},
		{Source: SourceOBSInfoEDL, Name: "OBSInfoWriter, EDL", Told: "an edit list without title whose events follow each other, reels of five letters", From: "the OBS plugin InfoWriter", Finest: 10 * time.Millisecond,
			Habit: hotkey, looks: looksInfo, parse: parseInfo},
		{Source: SourceCuts, Name: "CMX 3600 edit list", Told: "any other edit list: locators (`* LOC:`), else its cuts of the recording", From: "Avid Media Composer, Premiere Pro, DaVinci Resolve",
			Habit: edited, looks: looksCuts, parse: parseCuts},
		{Source: SourcePremiere, Name: "Premiere Pro markers", Told: "rows, by tabs or commas, with three timecodes each", From: "Premiere Pro, *File > Export > Markers*; the Screenlight panel",
			Habit: edited, Part: true, looks: looksPremiere, parse: parsePremiere},
		{Source: SourceScenes, Name: "MPlayer edit list", Told: "lines of a start, an end and a kind of 0 to 3; kind 2 is a mark", From: "MPlayer, Kodi, Comskip", Finest: time.Microsecond,
			Habit: edited, looks: looksScenes, parse: parseScenes},
		{Source: SourceTwitch, Name: "Twitch markers, CSV", Told: "rows of a time, a role and a name", From: "Twitch, Video Producer, *Export markers*", Finest: time.Second, Habit: button,
			looks: looksTwitch, parse: parseTwitch},
		{Source: SourceLosslessCut, Name: "LosslessCut segments, CSV or TSV", Told: "`Start,End,Name`, or rows of two times and a name", From: "LosslessCut, MarkerThing", Finest: time.Millisecond, Habit: edited,
			looks: looksLosslessCut, parse: parseLosslessCut},
		{Source: SourceTimestamps, Name: "a list of times", Told: "lines that begin or end with a time, and no other format", From: "YouTube chapters, descriptions, show notes, moderators", Finest: time.Millisecond,
			Habit: noted, Part: true, looks: looksListed, parse: parseTimestamps, found: areListed},
	}
}

// table is Formats by source.
var table = func() map[string]Format {
	out := map[string]Format{}
	for _, f := range Formats() {
		out[f.Source] = f
	}
	return out
}()

// FormatOf is the row of a source; the zero Format for an unknown one.
func FormatOf(source string) Format { return table[source] }

// accepted names every format of a file, for hints.
func accepted() string {
	var names []string
	for _, f := range Formats() {
		if f.IsFile() {
			names = append(names, f.Name)
		}
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last] + ` (one a line: "10:15 label")`
}
