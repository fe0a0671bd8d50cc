package i18n

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// dynamic lists prefixes of keys that code composes at run time or that another package names by convention; keys under
// them may look unused.
var dynamic = []string{
	"action.",           // words that every page's buttons share
	"nav.",              // menu items, which handlers choose by the partner's settings
	"about.",            // rows of the company, which handlers choose
	"format.",           // months, weekdays and units, by number
	"error.",            // kinds and validation keys, which models hand upward
	"errs.",             // error pages, by status
	"activity.op.",      // operations of the portal log, which views/profile turns into keys
	"attributes.type.",  // by customer.AttributeType
	"attributes.about.", // likewise
	"admin.menu.",       // the staff's menu, by its items
	"audit.action.",     // by audit.Action
	"audit.field.",      // by the members that changes have
	"audit.object.",     // by audit.Entry.Object
	"audit.operation.",  // by audit.Event.Operation
	"setting.",          // names and help texts, by portal.Declarations
	"config.section.",   // by portal.Sections
	"config.option.",    // by the options of settings
	"config.later.",     // by portal.Module
	"config.error.",     // of values of settings, which models hand upward
	"config.perm_",      // view and edit, by portal.Permission
	"staff.permission.", // by staff.Permission
	"staff.role.",       // by staff.BuiltIn
	"branding.tab.",     // the studio's pages
	"branding.text_",    // what each of them is for
	"branding.field.",   // what a brand is made of
	"branding.company.", // columns of portal.CompanyInfo
	"branding.crop.",    // by icons.Crop
	"branding.preset.",  // by BrandPresets
	"branding.refused.", // by icons.Error.Reason
	"branding.error.",   // which models hand upward
	"system.state.",     // by job.State
	"system.job.",       // by job.Job.Kind
	"system.tile.",      // by customer.Status
	"pay.purpose.",      // by finance.Purpose
	"pay.reason.",       // by gateway.Reason
	"pay.state.",        // by finance.AttemptState
	"pay.state_text.",   // likewise
	"gateway.name.",     // by gateway.Definition
	"methods.kind.",     // by gateway.MethodKind
	"methods.result.",   // by what has become of giving a method
	"methods.result_text.",
	"methods.error.",   // by portal.MethodRemoval
	"autopay.state.",   // by finance.ChargeState
	"autopay.ended.",   // by why autopay ended
	"mail.document.",   // by the kinds of finance.IssuedDocument
	"mail.link.",       // by mail.Links.To
	"mail.method.",     // by the kinds of finance.MethodNotice
	"mail.money.",      // by the kinds of finance.MoneyNotice
	"mail.standing.",   // by the kinds of service.Notice
	"timeline.step.",   // by service.StepKind
	"promise.state.",   // by service.PromiseState
	"promise.refused.", // by service.Refusal
	"promise.error.",   // which models hand upward
	"pay.back.",        // by what a payment brings back
	"gateway.stripe.",  // by its fields
	"gateway.paypal.",
	"gateway.gocardless.",
	"incoming.state.",    // by finance.IncomingState
	"incoming.column.",   // by finance.BankColumns
	"incoming.bad.",      // likewise
	"gateways.test.",     // by cashier.Test
	"sandbox.outcome.",   // by sandbox.Outcome
	"sandbox.notice.",    // by sandbox.Notices
	"attempts.state.",    // by finance.AttemptState
	"attempts.refund.",   // by finance.RefundState
	"attempts.reason.",   // by finance.Attempt.Reason
	"why.cause.",         // by finance.Cause
	"refill.error.",      // which models hand upward, by finance.CardAlphabet too
	"paylink.gone.",      // by finance.LinkState
	"paylink.gone_text.", // likewise
	"paylink.state.",     // likewise
	"status.",            // badges, by stored status
}

var keyShape = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$`)

// uses collects every string of the house that is shaped like a key. must holds those that are certainly keys:
// arguments of i18n.T and i18n.N, values of db.Invalid, key-shaped arguments of functions of package db, and fields
// whose name ends in Key.
func uses(t *testing.T) (must map[string]string, seen map[string]bool) {
	t.Helper()
	must, seen = map[string]string{}, map[string]bool{}
	tables := map[string]bool{}
	for key := range keysOf(catalogues()[fallback]) {
		table, _, _ := strings.Cut(key, ".")
		tables[table] = true
	}
	for _, storey := range []string{"views", "handlers", "models", "internal", "cmd"} {
		root := filepath.Join("..", "..", storey)
		_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return nil // a storey that does not exist yet has no keys
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, 0)
			if err != nil {
				t.Logf("%s is being edited: %v", path, err)
				return nil
			}
			ast.Inspect(file, func(n ast.Node) bool {
				note := func(e ast.Expr, certain bool) {
					s, ok := literal(e)
					if !ok || !keyShape.MatchString(s) {
						return
					}
					seen[s] = true
					if certain {
						must[s] = set.Position(e.Pos()).String()
					}
				}
				switch n := n.(type) {
				case *ast.CallExpr:
					pkg, name := selector(n.Fun)
					for i, arg := range n.Args {
						s, _ := literal(arg)
						table, _, _ := strings.Cut(s, ".")
						note(arg, pkg == "i18n" && (name == "T" || name == "N") && i == 1 || pkg == "db" && tables[table])
					}
				case *ast.CompositeLit:
					pkg, name := selector(n.Type)
					for _, e := range n.Elts {
						if kv, ok := e.(*ast.KeyValueExpr); ok {
							id, _ := kv.Key.(*ast.Ident)
							note(kv.Value, pkg == "db" && name == "Invalid" || id != nil && strings.HasSuffix(id.Name, "Key"))
						}
					}
				case *ast.BasicLit:
					note(n, false)
				}
				return true
			})
			return nil
		})
	}
	return must, seen
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

func selector(e ast.Expr) (pkg, name string) {
	switch e := e.(type) {
	case *ast.Ident:
		return "", e.Name
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			return x.Name, e.Sel.Name
		}
	}
	return "", ""
}

func TestEveryKeyUsedExists(t *testing.T) {
	must, _ := uses(t)
	for key, where := range must {
		if !Has(key) {
			t.Errorf("%s: no message %q", where, key)
		}
	}
}

func TestEveryKeyIsUsed(t *testing.T) {
	_, seen := uses(t)
	for key := range keysOf(catalogues()[fallback]) {
		if seen[key] || hasAnyPrefix(key, dynamic) {
			continue
		}
		t.Errorf("message %q is used nowhere", key)
	}
}

func hasAnyPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
