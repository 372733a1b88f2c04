package catalog

import (
	"fmt"
	"strings"
)

// narrowed is the conditions of a query: those that are asked for, and no
// others. One that may be true of everything, as "the creator is not asked for,
// or is this one", is served by no index: then a list is a scan of all there is.
type narrowed struct {
	conditions []string
	args       []any
}

// is wants a column to be that; "" is anything.
func (n *narrowed) is(column, value string) {
	if value != "" {
		n.when(column+" = ?", value)
	}
}

// below wants a column to be less than that; "" is anything.
func (n *narrowed) below(column, value string) {
	if value != "" {
		n.when(column+" < ?", value)
	}
}

// isOne wants a column to be one of several; none is anything. The list's order
// is kept where there are several: a name that is computed is looked up in no
// index, whose rows would have to be sorted.
func (n *narrowed) isOne(column string, of []string) {
	switch len(of) {
	case 0:
	case 1:
		n.is(column, of[0])
	default:
		var places []string
		for _, v := range of {
			places = append(places, n.arg(v))
		}
		n.conditions = append(n.conditions, column+" || '' IN ("+strings.Join(places, ", ")+")")
	}
}

// when wants a condition, whose ? stand for args.
func (n *narrowed) when(condition string, args ...any) {
	n.conditions = append(n.conditions, n.filled(condition, args))
}

// filled is text with the places of args for its ?.
func (n *narrowed) filled(text string, args []any) string {
	for _, a := range args {
		text = strings.Replace(text, "?", n.arg(a), 1)
	}
	return text
}

// arg is the place of one more argument of the query. It is no part of a
// statement that hands on n.args as well: Go leaves open which of the two comes
// first. Whoever has arguments behind the conditions asks query.
func (n *narrowed) arg(a any) string {
	n.args = append(n.args, a)
	return fmt.Sprintf("$%d", len(n.args))
}

// where is the conditions as they stand in the query; "" where there are none.
func (n *narrowed) where() string {
	if len(n.conditions) == 0 {
		return ""
	}
	return "WHERE " + strings.Join(n.conditions, " AND ") + " "
}

// query is a whole query and its arguments: what is before the conditions, they,
// and what is behind them, whose ? stand for args.
func (n *narrowed) query(before, behind string, args ...any) (string, []any) {
	behind = n.filled(behind, args)
	return before + n.where() + behind, n.args
}

// page is what a list is that is read page by page: a creator's ("":
// everybody's), newest first, behind the ID before ("" begins), at most limit.
func page(id, creator, before string, limit int, also ...string) (query string, args []any) {
	var n narrowed
	n.conditions = also
	n.is("creator", creator)
	n.below(id, before)
	return n.query("", "ORDER BY "+id+" DESC LIMIT ?", limit)
}
