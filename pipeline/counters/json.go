package counters

import (
	"encoding/json"
	"fmt"
	"strings"

	"dropcut/pipeline"
)

// readJSON reads a list of rows, by itself or below items, snapshots or data:
// the same names as the columns of a file of one's own.
func readJSON(b []byte, o Options) (Report, error) {
	var list []json.RawMessage
	if b[0] == '[' {
		if err := json.Unmarshal(b, &list); err != nil {
			return Report{}, pipeline.Fail(pipeline.Invalid, "no_json", "", "read the file: %w", err)
		}
	} else {
		var doc struct{ Items, Snapshots, Data []json.RawMessage }
		if err := json.Unmarshal(b, &doc); err != nil {
			return Report{}, pipeline.Fail(pipeline.Invalid, "no_json", "", "read the file: %w", err)
		}
		list = append(append(doc.Items, doc.Snapshots...), doc.Data...)
	}
	if len(list) == 0 {
		return Report{}, pipeline.Fail(pipeline.Invalid, "no_export", "a list of objects with url, observed_at and views is wanted", "the file has no rows")
	}
	own := exports[0]
	var names []string
	where := map[string]int{}
	for _, all := range own.columns {
		where[plainName(all[0])] = len(names)
		names = append(names, all[0])
	}
	t := &table{header: own.find(where), Options: o, Report: Report{Export: own.name}}
	t.source = "json:own"
	for i, raw := range list {
		row, err := cells(raw, names)
		if err != nil {
			t.Unused = append(t.Unused, Unused{i + 1, err.Error()})
			continue
		}
		before := len(t.Rows) + len(t.Unused)
		t.row(i+1, row)
		if len(t.Rows)+len(t.Unused) == before {
			t.Unused = append(t.Unused, Unused{i + 1, "it says nothing"})
		}
	}
	return t.Report, nil
}

// cells is an object's values as a row.
func cells(raw json.RawMessage, names []string) ([]string, error) {
	var doc map[string]any
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	if err := d.Decode(&doc); err != nil || doc == nil {
		return nil, fmt.Errorf("it is no object")
	}
	row := make([]string, len(names))
	for i, name := range names {
		switch v := doc[name].(type) {
		case nil:
		case string:
			row[i] = v
		case json.Number:
			row[i] = v.String()
		default:
			return nil, fmt.Errorf("%s is neither text nor number", name)
		}
	}
	return row, nil
}
