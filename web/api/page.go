package api

import (
	"embed"
	"net/http"
	"reflect"
)

//go:embed page/docs.html
var docsHTML []byte

//go:embed page/docs.js
var docsJS []byte

//go:embed page/docs.css
var docsCSS []byte

//go:embed page
var pages embed.FS

// Pages adds what people open in a browser beside the document: /mark, with a
// button that marks live, and /results, what posts earned. They hold nothing:
// what they show they ask the API for, with a token that their user enters.
func Pages(mux *http.ServeMux) {
	for _, name := range []string{"mark", "results"} {
		for path, file := range map[string]struct{ name, kind string }{"": {name + ".html", "text/html"}, ".js": {name + ".js", "text/javascript"}, ".css": {name + ".css", "text/css"}} {
			text, err := pages.ReadFile("page/" + file.name)
			if err != nil {
				panic(err) // a bug of ours: it is built in
			}
			mux.HandleFunc("GET /"+name+path, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Content-Type-Options", "nosniff")
				asset(w, file.kind+"; charset=utf-8", text)
			})
		}
	}
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

// docs shows the document as a page that needs nothing from elsewhere.
func (a *API) docs(w http.ResponseWriter, _ *http.Request) {
	asset(w, "text/html; charset=utf-8", docsHTML)
}

func (a *API) docsScript(w http.ResponseWriter, _ *http.Request) {
	asset(w, "text/javascript; charset=utf-8", docsJS)
}

func (a *API) docsStyle(w http.ResponseWriter, _ *http.Request) {
	asset(w, "text/css; charset=utf-8", docsCSS)
}

func asset(w http.ResponseWriter, kind string, text []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'")
	_, _ = w.Write(text)
}
