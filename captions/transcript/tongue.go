package transcript

import (
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// tongue is the BCP 47 tag of a language as a file names it: en, en-US, eng or
// english; "" for what is none.
func tongue(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "" || len(name) > 35 || name == "auto" {
		return ""
	}
	if tag := names()[name]; tag != "" {
		return tag
	}
	t, err := language.Parse(strings.ReplaceAll(name, "_", "-"))
	if base, _ := t.Base(); err != nil || len(base.String()) != 2 {
		return ""
	}
	return t.String()
}

// names is the English names of languages, as recognisers write them.
var names = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	namer := display.English.Languages()
	for a := 'a'; a <= 'z'; a++ {
		for b := 'a'; b <= 'z'; b++ {
			base, err := language.ParseBase(string([]rune{a, b}))
			if err != nil || base.String() != string([]rune{a, b}) {
				continue
			}
			out[strings.ToLower(namer.Name(base))] = base.String()
		}
	}
	delete(out, "")
	return out
})
