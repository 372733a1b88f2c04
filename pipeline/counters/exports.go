package counters

import (
	"strings"

	"dropcut/pipeline"
)

// field is what a column holds.
type field int

const (
	fieldPost field = iota
	fieldPlatform
	fieldExternal
	fieldURL
	fieldSource
	fieldObserved
	fieldGrain
	fieldDay // the figures are of this day alone
	fieldViews
	fieldShares
	fieldLikes
	fieldComments
	fields
)

// fieldNames is what fields are called in the page of imports.
var fieldNames = [fields]string{"post", "platform", "external ID", "address", "source", "observed at", "grain", "day", "views", "shares", "likes", "comments"}

// export is one file that a platform's page lets its creators download.
type export struct {
	name     string
	from     string // where a person finds it
	platform pipeline.Platform
	source   string
	grain    pipeline.Grain
	told     []string           // a file is this export when its header has one of these
	columns  map[field][]string // the names each field has, the best first
	notes    string
}

// exports is every export that is known, the surest told first. Names stand as
// people's files have them; case, spaces and the accents of quotes do not count.
var exports = []export{
	{name: "dropcut", from: "scripts and spreadsheets of one's own, CSV or JSON", source: "csv:own", told: []string{"observed_at"},
		columns: map[field][]string{fieldPost: {"post"}, fieldPlatform: {"platform"}, fieldExternal: {"external_id"}, fieldURL: {"url"}, fieldSource: {"source"}, fieldObserved: {"observed_at"},
			fieldGrain: {"grain"}, fieldViews: {"views"}, fieldShares: {"shares"}, fieldLikes: {"likes"}, fieldComments: {"comments"}},
		notes: "each row says itself when it was observed"},
	{name: "TikTok Studio", from: "TikTok Studio, *Analytics > Content > Download data*", platform: pipeline.TikTok, source: "csv:tiktok_studio", told: []string{"Video link", "Post time", "Total play time"},
		columns: map[field][]string{fieldURL: {"Video link", "Post link", "Link"}, fieldExternal: {"Video ID"}, fieldViews: {"Total views", "Video views", "Views"},
			fieldShares: {"Total shares", "Shares"}, fieldLikes: {"Total likes", "Likes"}, fieldComments: {"Total comments", "Comments"}}},
	{name: "Meta Business Suite, Instagram", from: "Meta Business Suite, *Insights > Content > Export data*, totals (Lifetime)", platform: pipeline.Instagram, source: "csv:meta_instagram", grain: pipeline.GrainMoving,
		told: []string{"Account username", "Nutzername des Kontos", "Nombre de usuario de la cuenta"},
		columns: map[field][]string{fieldURL: {"Permalink", "Permanentlink", "Enlace permanente"}, fieldExternal: {"Post ID", "Beitrags-ID", "Identificador de la publicación"}, fieldDay: {"Date", "Datum", "Fecha"},
			fieldViews: {"Views", "Plays", "Aufrufe", "Visualizaciones", "Reproducciones"}, fieldShares: {"Shares", "Geteilte Inhalte", "Veces compartido", "Veces que se ha compartido"},
			fieldLikes: {"Likes", "„Gefällt mir“-Angaben", "Me gusta"}, fieldComments: {"Comments", "Kommentare", "Comentarios"}},
		notes: "figures may move for 48 h"},
	{name: "Meta Business Suite, Facebook", from: "Meta Business Suite, *Insights > Content > Export data*, totals (Lifetime)", platform: pipeline.Facebook, source: "csv:meta_facebook", grain: pipeline.GrainMoving,
		told: []string{"Page ID", "Page name", "Seiten-ID", "Identificador de la página"},
		columns: map[field][]string{fieldURL: {"Permalink", "Permanentlink", "Enlace permanente"}, fieldExternal: {"Post ID", "Video asset ID", "Beitrags-ID", "Identificador de la publicación"}, fieldDay: {"Date", "Datum", "Fecha"},
			fieldViews: {"Views", "3-second video views", "Aufrufe", "Visualizaciones"}, fieldShares: {"Shares", "Geteilte Inhalte", "Veces compartido"},
			fieldLikes: {"Reactions", "Likes", "Reaktionen", "Reacciones"}, fieldComments: {"Comments", "Kommentare", "Comentarios"}},
		notes: "figures may move for 48 h"},
	{name: "YouTube Studio, days", from: "YouTube Studio, *Analytics > Advanced mode > Export*, the file of the chart", platform: pipeline.YouTube, source: "csv:youtube_studio_days", grain: pipeline.GrainDay,
		told: []string{"Date+Video title", "Datum+Videotitel", "Fecha+Título del vídeo"},
		columns: map[field][]string{fieldExternal: {"Content", "Video", "Videos", "Inhalte", "Contenido"}, fieldDay: {"Date", "Datum", "Fecha"}, fieldViews: {"Views", "Aufrufe", "Visualizaciones"},
			fieldShares: {"Shares", "Geteilte Inhalte", "Veces compartido"}, fieldLikes: {"Likes", "Mag ich-Bewertungen", "Me gusta"}, fieldComments: {"Comments added", "Hinzugefügte Kommentare", "Comentarios añadidos"}},
		notes: "a row is one day; days are added up, and a day ends at midnight in Los Angeles"},
	{name: "YouTube Studio", from: "YouTube Studio, *Analytics > Advanced mode > Export*, the file of the table, over the whole lifetime", platform: pipeline.YouTube, source: "csv:youtube_studio", grain: pipeline.GrainDay,
		told: []string{"Video publish time", "Veröffentlichungszeitpunkt des Videos", "Hora de publicación del vídeo"},
		columns: map[field][]string{fieldExternal: {"Content", "Video", "Videos", "Inhalte", "Contenido"}, fieldViews: {"Views", "Aufrufe", "Visualizaciones"},
			fieldShares: {"Shares", "Geteilte Inhalte", "Veces compartido"}, fieldLikes: {"Likes", "Mag ich-Bewertungen", "Me gusta"}, fieldComments: {"Comments added", "Hinzugefügte Kommentare", "Comentarios añadidos"}},
		notes: "the row of totals is listed as not used"},
	{name: "X analytics", from: "X, *Premium > Analytics > Content > Export*", platform: pipeline.X, source: "csv:x_analytics", told: []string{"Post Link", "Post id"},
		columns: map[field][]string{fieldURL: {"Post Link"}, fieldExternal: {"Post id"}, fieldViews: {"Impressions"}, fieldShares: {"Reposts"}, fieldLikes: {"Likes"}, fieldComments: {"Replies"}},
		notes:   "quotes are not in it; its column Shares is links that were sent, not reposts"},
	{name: "Twitter analytics", from: "the former analytics.twitter.com, *Export data > By Tweet*", platform: pipeline.X, source: "csv:x_analytics", told: []string{"Tweet permalink", "Tweet id"},
		columns: map[field][]string{fieldURL: {"Tweet permalink"}, fieldExternal: {"Tweet id"}, fieldViews: {"impressions"}, fieldShares: {"retweets"}, fieldLikes: {"likes", "favorites"}, fieldComments: {"replies"}},
		notes:   "quotes are not in it"},
}

// plainName is a column's name as it is compared.
func plainName(name string) string {
	name = strings.NewReplacer("„", `"`, "“", `"`, "”", `"`, "\u00a0", " ", "\ufeff", "").Replace(name)
	return strings.ToLower(strings.Join(strings.Fields(name), " "))
}

// header is where the columns of an export are in a file.
type header struct {
	export
	at [fields]int // -1: none
}

// readHeader tells which export a row of names begins; false for none.
func readHeader(row []string) (header, bool) {
	where := map[string]int{}
	for i, name := range row {
		if _, twice := where[plainName(name)]; !twice {
			where[plainName(name)] = i
		}
	}
	for _, e := range exports {
		if h := e.find(where); e.isTold(where) && h.isUsable() {
			return h, true
		}
	}
	return header{}, false
}

func (e export) isTold(where map[string]int) bool {
	for _, names := range e.told {
		all := true
		for _, name := range strings.Split(names, "+") {
			_, ok := where[plainName(name)]
			all = all && ok
		}
		if all {
			return true
		}
	}
	return false
}

func (e export) find(where map[string]int) header {
	h := header{export: e}
	for f := range h.at {
		h.at[f] = -1
		for _, name := range e.columns[field(f)] {
			if i, ok := where[plainName(name)]; ok {
				h.at[f] = i
				break
			}
		}
	}
	return h
}

// isUsable reports whether something names posts, and something counts.
func (h header) isUsable() bool {
	return (h.at[fieldPost] >= 0 || h.at[fieldExternal] >= 0 || h.at[fieldURL] >= 0) &&
		(h.at[fieldViews] >= 0 || h.at[fieldShares] >= 0 || h.at[fieldLikes] >= 0 || h.at[fieldComments] >= 0)
}

// cell is a field of a row, trimmed; "" where it has none.
func (h header) cell(row []string, f field) string {
	if i := h.at[f]; i >= 0 && i < len(row) {
		return strings.TrimSpace(strings.Trim(row[i], "\ufeff\u00a0"))
	}
	return ""
}
