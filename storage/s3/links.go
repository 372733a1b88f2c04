package s3

import (
	"context"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"dropcut/pipeline"
	"dropcut/storage"
)

// LinkedAt is the bucket with links that lead to another address of the same
// store: one that whoever follows them reaches. A link is signed for its host,
// so what answers there hands it on with the Host it came with; and for its
// path, so the address has none.
func (b *Bucket) LinkedAt(address string) (*Bucket, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" {
		return nil, pipeline.Fail(pipeline.Usage, "bad_address", "give http://HOST:PORT or https://HOST", "%q is no address of a store", address)
	}
	linked := *b
	linked.signer = s3.NewPresignClient(b.client, s3.WithPresignClientFromClientOptions(func(o *s3.Options) {
		o.BaseEndpoint, o.UsePathStyle = aws.String(u.Scheme+"://"+u.Host), true
	}))
	return &linked, nil
}

// Link is a link to key that anybody may read until then; its path ends as the
// key does. It lives as long as was asked for, and never longer than the
// credentials that signed it: those of a role end within hours.
func (b *Bucket) Link(ctx context.Context, key string, lives time.Duration) (string, time.Time, error) {
	if err := storage.CheckKey(key); err != nil {
		return "", time.Time{}, err
	}
	signs, err := b.client.Options().Credentials.Retrieve(ctx)
	if err != nil {
		return "", time.Time{}, fail(err, "sign a link to %s", key)
	}
	until := time.Now().Add(lives)
	if signs.CanExpire && signs.Expires.Before(until) {
		until = signs.Expires
	}
	signed, err := b.signer.PresignGetObject(ctx, &s3.GetObjectInput{Bucket: &b.bucket, Key: b.key(key)}, s3.WithPresignExpires(lives))
	if err != nil {
		return "", time.Time{}, fail(err, "sign a link to %s", key)
	}
	return signed.URL, until, nil
}
