package recording

import "context"

func openFLV(ctx context.Context, b *bytes) (index, error)      { return nil, notYet("FLV") }

func notYet(name string) error { return damaged("%s is not read yet", name) }
