package whisper

import "slices"

// Model is a file of weights that can be fetched.
type Model struct {
	Name    string `json:"name"` // as whisper.cpp calls it
	Bytes   int64  `json:"bytes"`
	Digest  string `json:"digest"`
	Many    bool   `json:"many_languages"` // hears many; else English alone
	Remarks string `json:"remarks"`        // what it is good for
}

// Where models come from, and on what terms: the pages of the models say MIT,
// as OpenAI's of the weights they were converted from.
const (
	Source  = "https://huggingface.co/ggerganov/whisper.cpp/resolve/main"
	Licence = "MIT"
)

// Default is the model for whoever names none.
const Default = "base"

// known are the models with a digest that can be cited. SHA-256 and size are
// those of the LFS pointer that huggingface.co/ggerganov/whisper.cpp shows for
// each file (read 2026-11-25 in stored copies of those pages; small, small.en
// and medium in three public programs that pin them and agree). whisper.cpp's
// own models/README.md lists SHA-1 only, which is not used: it can be forged.
var known = []Model{
	{Name: "tiny", Bytes: 77691713, Digest: "sha256:be07e048e1e599ad46341c8d2a135645097a538221678b7acdd1b1919c6e1b21", Many: true, Remarks: "fastest, many mistakes"},
	{Name: "tiny.en", Bytes: 77704715, Digest: "sha256:921e4cf8686fdd993dcd081a5da5b6c365bfde1162e72b08d75ac75289920b1f", Remarks: "fastest"},
	{Name: "base", Bytes: 147951465, Digest: "sha256:60ed5bc3dd14eea856493d334349b405782ddcaf0028d4b5df4088345fba2efe", Many: true, Remarks: "a fair start on any machine"},
	{Name: "base.en", Bytes: 147964211, Digest: "sha256:a03779c86df3323075f5e796cb2ce5029f00ec8869eee3fdfb897afe36c6d002", Remarks: "a fair start on any machine"},
	{Name: "base-q5_1", Bytes: 59707625, Digest: "sha256:422f1ae452ade6f30a004d7e5c6a43195e4433bc370bf23fac9cc591f01a8898", Many: true, Remarks: "base, packed"},
	{Name: "small", Bytes: 487601967, Digest: "sha256:1be3a9b2063867b937e64e2ec7483364a79917e157fa98c5d94b5c1fffea987b", Many: true, Remarks: "good, three times as slow as base"},
	{Name: "small.en", Bytes: 487614201, Digest: "sha256:c6138d6d58ecc8322097e0f987c32f1be8bb0a18532a3f88f734d1bbf9c41e5d", Remarks: "good, three times as slow as base"},
	{Name: "small-q5_1", Bytes: 190085487, Digest: "sha256:ae85e4a935d7a567bd102fe55afc16bb595bdb618e11b2fc7591bc08120411bb", Many: true, Remarks: "small, packed"},
	{Name: "medium", Bytes: 1533763059, Digest: "sha256:6c14d5adee5f86394037b4e4e8b59f1673b6cee10e3cf0b11bbdbee79c156208", Many: true, Remarks: "better, slow without many cores"},
	{Name: "large-v3-turbo-q5_0", Bytes: 574041195, Digest: "sha256:394221709cd5ad1f40c46e6031ca61bce88931e6e088c188294c6d5a55ffa7e2", Many: true, Remarks: "fewest mistakes for its size"},
	{Name: "large-v3-q5_0", Bytes: 1081140203, Digest: "sha256:d75795ecff3f83b5faa89d1900604ad8c780abd5739fae406de19f23ecd98ad1", Many: true, Remarks: "fewest mistakes, slowest"},
}

// Known is every model that can be fetched, smallest of each family first.
func Known() []Model { return slices.Clone(known) }

// ByName is the known model of that name.
func ByName(name string) (Model, bool) { return find(func(m Model) bool { return m.Name == name }) }

// ByDigest is the known model with these bytes.
func ByDigest(digest string) (Model, bool) {
	return find(func(m Model) bool { return m.Digest == digest })
}

func find(is func(Model) bool) (Model, bool) {
	i := slices.IndexFunc(known, is)
	if i < 0 {
		return Model{}, false
	}
	return known[i], true
}

// File is what a model's file is called where it comes from, and where it is kept.
func File(name string) string { return "ggml-" + name + ".bin" }

// Languages says what a model hears.
func (m Model) Languages() string {
	if m.Many {
		return "many languages"
	}
	return "English"
}
