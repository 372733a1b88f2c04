package catalog

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// TestAQueryHasItsArgumentsInTheirPlaces: those behind the conditions too.
func TestAQueryHasItsArgumentsInTheirPlaces(t *testing.T) {
	t.Parallel()
	var n narrowed
	n.is("creator", "ada")
	n.isOne("state", []string{"posted", "removed"})
	n.when("a > ? OR b > ?", 1, 2)
	query, args := n.query("SELECT doc FROM x ", "LIMIT ? OFFSET ?", 7, 8)
	if want := "SELECT doc FROM x WHERE creator = $1 AND state || '' IN ($2, $3) AND a > $4 OR b > $5 LIMIT $6 OFFSET $7"; query != want {
		t.Errorf("%s", query)
	}
	if want := []any{"ada", "posted", "removed", 1, 2, 7, 8}; !reflect.DeepEqual(args, want) {
		t.Errorf("%v", args)
	}
	if query, args = new(narrowed).query("SELECT doc FROM x ", "LIMIT ?", 7); query != "SELECT doc FROM x LIMIT $1" || len(args) != 1 {
		t.Errorf("%s %v", query, args)
	}
}

// TestNoStatementAddsAnArgumentAndHandsAllOn: f(n.arg(1), n.args...) has its
// arguments from before or after the call, as the compiler likes.
func TestNoStatementAddsAnArgumentAndHandsAllOn(t *testing.T) {
	t.Parallel()
	files := token.NewFileSet()
	sources, err := filepath.Glob("*.go")
	if err != nil || len(sources) == 0 {
		t.Fatalf("no sources: %v", err)
	}
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(files, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			var together []ast.Expr
			switch s := n.(type) {
			case *ast.CallExpr:
				together = s.Args
			case *ast.ReturnStmt:
				together = s.Results
			}
			if names(together, "arg") && names(together, "args") {
				t.Errorf("%s: ask narrowed.query", files.Position(n.Pos()))
			}
			return true
		})
	}
}

// names reports whether expressions name a field or a method so.
func names(all []ast.Expr, name string) (found bool) {
	for _, e := range all {
		ast.Inspect(e, func(n ast.Node) bool {
			if s, is := n.(*ast.SelectorExpr); is && s.Sel.Name == name {
				found = true
			}
			return true
		})
	}
	return found
}
