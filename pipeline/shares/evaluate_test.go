package shares

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"strconv"
	"testing"
)

// evaluate works out a sum as it is written on a page: + - * / ( ) sqrt exp log.
func evaluate(sum string) (float64, error) {
	e, err := parser.ParseExpr(sum)
	if err != nil {
		return 0, fmt.Errorf("%q is no sum: %w", sum, err)
	}
	return valueOf(e)
}

func valueOf(e ast.Expr) (float64, error) {
	switch e := e.(type) {
	case *ast.BasicLit:
		return strconv.ParseFloat(e.Value, 64)
	case *ast.ParenExpr:
		return valueOf(e.X)
	case *ast.UnaryExpr:
		x, err := valueOf(e.X)
		return map[token.Token]float64{token.SUB: -x, token.ADD: x}[e.Op], err
	case *ast.CallExpr:
		return called1(e)
	case *ast.BinaryExpr:
		x, err := valueOf(e.X)
		if err != nil {
			return 0, err
		}
		y, err := valueOf(e.Y)
		return map[token.Token]float64{token.ADD: x + y, token.SUB: x - y, token.MUL: x * y, token.QUO: x / y}[e.Op], err
	}
	return 0, fmt.Errorf("%T in a sum", e)
}

func called1(e *ast.CallExpr) (float64, error) {
	f, ok := e.Fun.(*ast.Ident)
	if !ok || len(e.Args) != 1 {
		return 0, fmt.Errorf("a call in a sum has one argument")
	}
	x, err := valueOf(e.Args[0])
	of := map[string]func(float64) float64{"sqrt": math.Sqrt, "exp": math.Exp, "log": math.Log}[f.Name]
	if of == nil {
		return 0, fmt.Errorf("no function is called %s", f.Name)
	}
	return of(x), err
}

func TestSumsAreWorkedOut(t *testing.T) {
	for sum, want := range map[string]float64{"2 + 3*4 - 6/4": 12.5, "sqrt((1+3)*4)": 4, "-exp(0)": -1} {
		if got, err := evaluate(sum); err != nil || got != want {
			t.Errorf("%s is %v (%v), want %v", sum, got, err, want)
		}
	}
	if err := checkWorked("1 + 1", "3"); err == nil {
		t.Error("1 + 1 gives 3 and nobody minds")
	}
}
