package marks

import (
	"fmt"
	"strings"
	"testing"
)

var _ = prove(SourceTwitch, proof{points: true, write: func(all []wrote) string {
	return lines(all, func(_ int, w wrote) string { return clock(sec(w.at)) + ",Broadcaster,streamer," + quoted(w.label) })
}, seeds: []string{"Time,Note\n0:00:01,\"a\n,,,\n", "0:01:01,Broadcaster,x,\n", "0:00:05,B,x,OFFSET: 0:00:10\n"}})

func FuzzTwitch(f *testing.F) { fuzzRow(f, "twitch_csv") }

var _ = prove(SourceHelix, proof{points: true, write: func(all []wrote) string {
	return document(map[string]any{"data": []any{map[string]any{"user_id": "123", "videos": []any{map[string]any{"video_id": "456",
		"markers": objects(all, func(i int, w wrote) map[string]any {
			return map[string]any{"id": fmt.Sprint(i), "created_at": "2018-08-20T20:10:03Z", "description": w.label, "position_seconds": int(w.at),
				"URL": "https://twitch.tv/x/manager/highlighter/456?t=0h4m06s"}
		})}}}}, "pagination": map[string]any{"cursor": "e"}})
}, seeds: []string{`{"data":[{"id":"1","position_seconds":244,"description":"OFFSET 0:10:00"}]}`, `{"data":[{"videos":[{"markers":[{"url":"https://x/?t=0h4m06s"}]},{}]}]}`}})

func FuzzHelix(f *testing.F) { fuzzRow(f, "twitch_json") }

var _ = prove(SourceTimestamps, proof{write: func(all []wrote) string {
	return lines(all, func(_ int, w wrote) string {
		if w.end > 0 {
			return "- " + clock(sec(w.at)) + " - " + clock(sec(w.end)) + " " + w.label
		}
		return "- " + clock(sec(w.at)) + " " + w.label
	})
}, seeds: []string{"0:10 a\n[12:34] b\n1. 0:10-0:20 c", "drop (1:02:03)\nx – 12:00-13:00"}})

func FuzzTimestamps(f *testing.F) { fuzzRow(f, "timestamps") }

var _ = prove(SourceNative, proof{write: func(all []wrote) string {
	return document(map[string]any{"version": 1, "marks": objects(all, func(_ int, w wrote) map[string]any {
		m := map[string]any{"start": clock(sec(w.at)), "label": w.label}
		if w.end > 0 {
			m["end"] = w.end
		}
		return m
	})})
}, seeds: []string{`{"version":1,"marks":[{"start":0.0000000001},{"start":"-1"},{"end":1}]}`, `{"version":1,"marks":[{"start":1e300}]}`}})

func FuzzNative(f *testing.F) { fuzzRow(f, "dropcut_json") }

var _ = prove(SourceFFmetadata, proof{write: func(all []wrote) string {
	guard := strings.NewReplacer("=", `\=`, ";", `\;`, "#", `\#`, `\`, `\\`, "\n", "\\\n")
	return ";FFMETADATA1\ntitle=Night\\\nmarket\n" + lines(all, func(_ int, w wrote) string {
		s := fmt.Sprintf("[CHAPTER]\nTIMEBASE=1/1000\nSTART=%d\n", sec(w.at).Milliseconds())
		if w.end > 0 {
			s += fmt.Sprintf("END=%d\n", sec(w.end).Milliseconds())
		}
		return s + "title=" + guard.Replace(w.label)
	})
}, seeds: []string{";FFMETADATA1\n[CHAPTER]\nSTART=1\nEND=9223372036854775807\n", ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=2147483647/1\nSTART=-9223372036854775808\ntitle=a\\", ";FFMETADATA\n[CHAPTER]\nTIMEBASE=1/0\nSTART=5"}})

func FuzzFFmetadata(f *testing.F) { fuzzRow(f, "ffmetadata") }

var _ = prove(SourceMatroskaXML, proof{write: func(all []wrote) string {
	return "\ufeff<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- <!DOCTYPE Chapters SYSTEM \"matroskachapters.dtd\"> -->\n<Chapters>\n<EditionEntry><EditionFlagHidden>0</EditionFlagHidden>\n" +
		lines(all, func(i int, w wrote) string {
			s := fmt.Sprintf("<ChapterAtom><ChapterUID>%d</ChapterUID><ChapterTimeStart>%s000000</ChapterTimeStart>", i+1, full(sec(w.at)))
			if w.end > 0 {
				s += "<ChapterTimeEnd>" + full(sec(w.end)) + "000000</ChapterTimeEnd>"
			}
			return s + "<ChapterDisplay><ChapterString>" + escaped(w.label) + "</ChapterString><ChapterLanguage>eng</ChapterLanguage></ChapterDisplay></ChapterAtom>"
		}) + "</EditionEntry></Chapters>\n"
}, seeds: []string{`<!DOCTYPE Chapters [<!ENTITY a "b">]><Chapters><EditionEntry><ChapterAtom><ChapterTimeStart>&a;</ChapterTimeStart></ChapterAtom></EditionEntry></Chapters>`,
	"<Chapters><EditionEntry>" + strings.Repeat("<ChapterAtom>", 50), "<Chapters/>"}})

func FuzzMatroskaXML(f *testing.F) { fuzzRow(f, "matroska_xml") }

var _ = prove(SourceOGM, proof{points: true, write: func(all []wrote) string {
	return lines(all, func(i int, w wrote) string {
		return fmt.Sprintf("CHAPTER%02d=%s\nCHAPTER%02dNAME=%s", i+1, full(sec(w.at)), i+1, w.label)
	})
}, seeds: []string{"CHAPTER01=00:00:00.000\nCHAPTER01NAME=Start\nCHAPTER02=x\nCHAPTER02NAME=y", "CHAPTER99NAME=z"}})

func FuzzOGM(f *testing.F) { fuzzRow(f, "ogm_chapters") }

// ended gives points of a format that has none an end, as its writers must.
func ended(w wrote) float64 {
	if w.end > 0 {
		return w.end
	}
	return w.at + 20
}

var _ = prove(SourceWebVTT, proof{always: true, write: func(all []wrote) string {
	guard := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	return "WEBVTT - chapters\n\nNOTE made\nby hand\n\n" + lines(all, func(i int, w wrote) string {
		return fmt.Sprintf("%d\n%s --> %s\n%s\n", i+1, full(sec(w.at)), full(sec(ended(w))), guard.Replace(w.label))
	})
}, seeds: []string{"WEBVTT\n\n00:01.000 --> 00:12.000 align:start\n<v Bob>x</v>\n", "WEBVTT\n\n00:00:01.000 --> 00:00:00.000\n\n --> \n"}})

func FuzzWebVTT(f *testing.F) { fuzzRow(f, "webvtt_chapters") }

var _ = prove(SourcePodcast, proof{write: func(all []wrote) string {
	return document(map[string]any{"version": "1.2.0", "fileName": "ep1.mp3", "chapters": objects(all, func(_ int, w wrote) map[string]any {
		c := map[string]any{"startTime": w.at, "title": w.label, "img": "https://example.com/x"}
		if w.end > 0 {
			c["endTime"] = w.end
		}
		return c
	})})
}, seeds: []string{`{"chapters":[{"startTime":1,"toc":false},{"startTime":"x"},{}]}`, `{"chapters":[{"startTime":-1,"endTime":1e9}]}`}})

func FuzzPodcast(f *testing.F) { fuzzRow(f, "podcast_chapters") }

var _ = prove(SourceHLSChapters, proof{write: func(all []wrote) string {
	return document(objects(all, func(i int, w wrote) map[string]any {
		c := map[string]any{"chapter": i + 1, "start-time": w.at, "titles": []any{map[string]any{"language": "en", "title": w.label}}}
		if w.end > 0 {
			c["duration"] = float64((sec(w.end) - sec(w.at)).Milliseconds()) / 1000
		}
		return c
	}))
}, seeds: []string{`[{"start-time":0,"duration":-5},{"start-time":1,"titles":null}]`}})

func FuzzHLSChapters(f *testing.F) { fuzzRow(f, "hls_chapters") }

var _ = prove(SourceYtdlp, proof{write: func(all []wrote) string {
	return document(map[string]any{"id": "abc", "extractor": "youtube", "webpage_url": "https://example.com/w", "duration": 1200,
		"chapters": objects(all, func(_ int, w wrote) map[string]any {
			c := map[string]any{"start_time": w.at, "title": w.label}
			if w.end > 0 {
				c["end_time"] = w.end
			}
			return c
		})})
}, seeds: []string{`{"extractor":"twitch:vod","chapters":[{"start_time":0,"end_time":7200.0,"title":"Food & Drink"}],"heatmap":null}`,
	`{"webpage_url":"","description":"0:10 a\n0:20 b","heatmap":[{"start_time":0,"end_time":1,"value":0},{"start_time":1,"end_time":2,"value":1}]}`,
	`{"heatmap":[{"value":1e400}]}`}})

func FuzzYtdlp(f *testing.F) { fuzzRow(f, "ytdlp_chapters") }

var _ = prove(SourceLosslessCut, proof{write: func(all []wrote) string {
	return lines(all, func(_ int, w wrote) string {
		end := ""
		if w.end > 0 {
			end = fmt.Sprint(w.end)
		}
		return fmt.Sprint(w.at) + "," + end + "," + quoted(w.label) + ",tag"
	})
}, seeds: []string{"Start,End,Name\n,10.5,a\n0:10.5,,b\n", "1.5\t2.5\tx\n", "1,2,\"\n"}})

func FuzzLosslessCut(f *testing.F) { fuzzRow(f, "losslesscut_csv") }

var _ = prove(SourceLLC, proof{write: func(all []wrote) string {
	guard := strings.NewReplacer(`\`, `\\`, `'`, `\'`)
	return "{\n  version: 2,\n  mediaFileName: 'stream.mp4',\n  cutSegments: [\n" + lines(all, func(_ int, w wrote) string {
		end := ""
		if w.end > 0 {
			end = fmt.Sprintf("      end: %v,\n", w.end)
		}
		return fmt.Sprintf("    {\n      start: %v,\n%s      name: '%s',\n      tags: { a: 'b' },\n      selected: true,\n    },", w.at, end, guard.Replace(w.label))
	}) + "  ],\n}\n"
}, seeds: []string{"{cutSegments:[{start:.5,end:0xff,name:'\\x41\\u00e9\\\n'},]}", "/*c*/{'cutSegments':[{end:+5.,selected:false},{start:Infinity}]//x", "{cutSegments:[\\"}})

func FuzzLLC(f *testing.F) { fuzzRow(f, "losslesscut_llc") }

var _ = prove(SourceAudacity, proof{write: func(all []wrote) string {
	return lines(all, func(_ int, w wrote) string {
		end := w.end
		if end == 0 {
			end = w.at
		}
		return fmt.Sprintf("%.6f\t%.6f\t%s", w.at, end, w.label)
	})
}, seeds: []string{"10,000000\t10,000000\tx\n\\\t1,0\t2,0\n", "9999999.999999\t0.000000\t"}})

func FuzzAudacity(f *testing.F) { fuzzRow(f, "audacity_labels") }

var _ = prove(SourceOBSInfo, proof{points: true, write: func(all []wrote) string {
	return "EVENT:START RECORDING @ 2026-01-01 20:00:00\n0:00:00 Record Time Marker\n" + lines(all, func(i int, w wrote) string {
		at := of.StartedAt.Add(sec(w.at)).Format("2006-01-02 15:04:05")
		s := fmt.Sprintf("HOTKEY:%s @ %s\n%s Record Time Marker", w.label, at, clock(sec(w.at)))
		if i == 1 {
			s += "\n0:00:10 Stream Time Marker"
		}
		return s + fmt.Sprintf("\nEVENT:SCENE CHANGED TO Booth @ %s\n%s Record Time Marker", at, clock(sec(w.at+1)))
	}) + "EVENT:STOP RECORDING @ 2026-01-01 20:20:00 Record Time Marker Reset to 0\n"
}, seeds: []string{"0:10:15 Record Time Marker\n", "EVENT:START RECORDING\nHOTKEY:\n0:00:01 Record Time Marker (not recording)\n"}})

func FuzzOBSInfo(f *testing.F) { fuzzRow(f, "obs_info_writer") }
