package recording

import (
	gobytes "bytes"
	"strings"
	"unicode/utf8"
)

// sniffBytes is how much of a file is looked at to know what it is.
const sniffBytes = 8 << 10

// sniff names the container that head begins, or says in words what else it
// looks like.
func sniff(head []byte) (container, looks string) {
	switch {
	case strings.HasPrefix(string(head), "\x1a\x45\xdf\xa3"):
		return "matroska", ""
	case len(head) > 4 && strings.HasPrefix(string(head), "FLV") && head[3] < 16:
		return "flv", ""
	case isMP4(head):
		return "mp4", ""
	case isMPEGTS(head):
		return "mpegts", ""
	}
	for _, k := range kinds {
		if len(head) >= k.at+len(k.magic) && string(head[k.at:k.at+len(k.magic)]) == k.magic {
			return "", k.looks
		}
	}
	return "", sniffText(head)
}

// topLevel are the boxes that an MP4 or MOV file may begin with.
var topLevel = map[string]bool{"ftyp": true, "moov": true, "mdat": true, "free": true, "skip": true, "wide": true, "pnot": true,
	"styp": true, "sidx": true, "moof": true, "uuid": true, "junk": true, "PICT": true, "prfl": true, "emsg": true}

// stills are brands of files that share MP4's boxes and hold pictures.
var stills = map[string]bool{"heic": true, "heix": true, "mif1": true, "avif": true}

func isMP4(head []byte) bool {
	if len(head) < 8 || !topLevel[string(head[4:8])] {
		return false
	}
	return !(string(head[4:8]) == "ftyp" && len(head) >= 12 && stills[string(head[8:12])])
}

// isMPEGTS looks for packets of 188, 192 or 204 bytes. A capture may begin in
// the middle of one, and with a little that is no packet at all.
func isMPEGTS(head []byte) bool {
	for _, step := range []int{188, 192, 204} {
		for first := 0; first < len(head)/2 || first < step && first < len(head); first++ {
			n := 0
			for at := first; at < len(head) && head[at] == 0x47; at += step {
				n++
			}
			whole := (len(head) - first + step - 1) / step
			if n == whole && n >= 3 {
				return true
			}
		}
	}
	return false
}

// kinds are what people drop by mistake, by their first bytes.
var kinds = []struct {
	at           int
	magic, looks string
}{
	{0, "#EXTM3U", "an HLS playlist, which only names other files"},
	{0, "ffconcat version", "a list of files for ffmpeg"},
	{0, "\x89PNG", "a PNG image"},
	{0, "\xff\xd8\xff", "a JPEG image"},
	{0, "GIF8", "a GIF image"},
	{8, "WEBP", "a WebP image"},
	{8, "WAVE", "a WAV sound file"},
	{8, "AVI ", "an AVI file, which dropcut does not read"},
	{4, "ftypheic", "a HEIC image"},
	{4, "ftypheix", "a HEIC image"},
	{4, "ftypmif1", "a HEIF image"},
	{4, "ftypavif", "an AVIF image"},
	{0, "ID3", "an MP3 sound file"},
	{0, "\xff\xfb", "an MP3 sound file"},
	{0, "\xff\xf3", "an MP3 sound file"},
	{0, "\xff\xf1", "an AAC sound file"},
	{0, "fLaC", "a FLAC sound file"},
	{0, "OggS", "an Ogg file, which dropcut does not read"},
	{0, "PK\x03\x04", "a ZIP archive"},
	{0, "PK\x05\x06", "an empty ZIP archive"},
	{0, "\x1f\x8b", "a gzip archive"},
	{0, "7z\xbc\xaf\x27\x1c", "a 7-Zip archive"},
	{0, "Rar!", "a RAR archive"},
	{257, "ustar", "a tar archive"},
	{0, "%PDF", "a PDF document"},
	{0, "\x00\x00\x01\xba", "an MPEG program stream, which dropcut does not read"},
	{0, "\x00\x00\x01\xb3", "a bare MPEG video stream without times"},
	{0, "\x00\x00\x00\x01", "a bare H.264 or HEVC stream without times"},
	{0, "\x30\x26\xb2\x75", "a Windows Media file, which dropcut does not read"},
	{0, "\x7fELF", "a program"},
	{0, "MZ", "a program"},
	{0, "SQLite format 3", "a database"},
}

// texts are what a text file may be, by what stands in it.
var texts = []struct{ within, looks string }{
	{"<MPD", "a DASH manifest, which only names other files"},
	{"<!DOCTYPE HTML", "an HTML page, perhaps the answer of a web site instead of the file"},
	{"<HTML", "an HTML page, perhaps the answer of a web site instead of the file"},
	{"<?XML", "an XML file, perhaps the error answer of a bucket"},
	{"WEBVTT", "WebVTT captions; give them with --transcript beside the recording"},
	{"[SCRIPT INFO]", "ASS captions"},
	{" --> ", "SRT captions; give them with --transcript beside the recording"},
	{";FFMETADATA", "an ffmetadata file; give it with --marks beside the recording"},
	{"V=0\n", "a session description"},
}

func sniffText(head []byte) string {
	if len(gobytes.Trim(head, "\x00")) == 0 {
		return "nothing but zero bytes: space was reserved and never written"
	}
	text := strings.TrimSpace(strings.ToUpper(strings.TrimPrefix(string(head), "\ufeff")))
	for _, t := range texts {
		if strings.Contains(text, t.within) {
			return t.looks
		}
	}
	printable := text
	for !utf8.ValidString(printable) && len(printable) > len(text)-utf8.UTFMax && printable != "" {
		printable = printable[:len(printable)-1] // a rune cut by the end of head
	}
	switch {
	case !utf8.ValidString(printable) || strings.ContainsRune(printable, 0):
		return "data of an unknown kind"
	case strings.HasPrefix(text, "{") || strings.HasPrefix(text, "["):
		return "a JSON file"
	}
	return "a text file"
}
