package s3

import (
	"context"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"dropcut/pipeline"
)

// Sweep takes back the parts of uploads below folders ("." for all) that were
// begun before then and never finished. It returns how many there were. Who
// uploads cannot be told: then should be long ago.
func (b *Bucket) Sweep(ctx context.Context, folders []string, then time.Time) (int, error) {
	swept := 0
	err := b.left(ctx, folders, then, func(_ string, u types.MultipartUpload) error {
		_, err := b.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &b.bucket, Key: u.Key, UploadId: u.UploadId})
		if err = fail(err, "take back an unfinished upload"); err != nil && pipeline.KindOf(err) != pipeline.NotFound {
			return err
		}
		swept++
		return nil
	})
	return swept, err
}

// Halves is the keys of the uploads that Sweep would take back.
func (b *Bucket) Halves(ctx context.Context, folders []string, then time.Time) ([]string, error) {
	var out []string
	err := b.left(ctx, folders, then, func(key string, _ types.MultipartUpload) error {
		out = append(out, key)
		return nil
	})
	return out, err
}

// left calls f for every unfinished upload of ours.
func (b *Bucket) left(ctx context.Context, folders []string, then time.Time, f func(key string, u types.MultipartUpload) error) error {
	pages := s3.NewListMultipartUploadsPaginator(b.client, &s3.ListMultipartUploadsInput{Bucket: &b.bucket, Prefix: b.key("")})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fail(err, "list unfinished uploads")
		}
		for _, u := range page.Uploads {
			key, ours := strings.CutPrefix(aws.ToString(u.Key), b.prefix)
			if !ours || !isBelow(key, folders) || aws.ToTime(u.Initiated).After(then) {
				continue
			}
			if err := f(key, u); err != nil {
				return err
			}
		}
	}
	return nil
}

// isBelow reports whether key lies in one of folders, or below it.
func isBelow(key string, folders []string) bool {
	for at := path.Dir(key); ; at = path.Dir(at) {
		if slices.Contains(folders, at) {
			return true
		}
		if at == "." || at == "/" {
			return false
		}
	}
}
