// Package s3 is a bucket in any S3-compatible store.
package s3

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"dropcut/pipeline"
	"dropcut/storage"
)

// Config is where a bucket is. Credentials come from where the AWS SDK looks
// for them: environment, shared files, the machine's role.
type Config struct {
	Bucket   string
	Prefix   string        // in front of every key, without a slash at its ends; "" for none
	Endpoint string        // URL of a store that is not AWS; "" for AWS
	Region   string        // "" for what the SDK finds, else us-east-1
	Stall    time.Duration // how long a body may give, or take, no byte; 0: 30 s
}

// Parse reads s3://bucket/prefix.
func Parse(url string) (Config, error) {
	rest, ok := strings.CutPrefix(url, "s3://")
	bucket, prefix, _ := strings.Cut(rest, "/")
	prefix = strings.Trim(prefix, "/")
	if !ok || bucket == "" || strings.ContainsAny(bucket, "?#@ ") || prefix != "" && storage.CheckKey(prefix) != nil {
		return Config{}, pipeline.Fail(pipeline.Usage, "bad_bucket", "give s3://BUCKET or s3://BUCKET/PREFIX", "%q names no bucket", url)
	}
	return Config{Bucket: bucket, Prefix: prefix}, nil
}

// Bucket keeps objects in a bucket of an S3-compatible store. Its versions are
// ETags: opaque, and another when the bytes are.
type Bucket struct {
	client *s3.Client
	signer *s3.PresignClient
	upload *transfermanager.Client
	bucket string
	prefix string // with a slash at its end, or ""
	stall  time.Duration

	unconditional *atomic.Bool // the store was seen to know no conditional puts
}

var _ storage.Bucket = (*Bucket)(nil)

const (
	headersWithin = 20 * time.Second
	bodyWithin    = 30 * time.Second
	attempts      = 4
	partBytes     = 16 << 20
	partsAtOnce   = 3
	abortWithin   = 10 * time.Second
)

// Open prepares a client; nothing is asked of the store yet.
func Open(ctx context.Context, c Config) (*Bucket, error) {
	if c.Bucket == "" {
		return nil, pipeline.Fail(pipeline.Usage, "bad_bucket", "give s3://BUCKET", "no bucket is named")
	}
	if c.Stall <= 0 {
		c.Stall = bodyWithin
	}
	client := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.ResponseHeaderTimeout = headersWithin
		t.DialContext = impatient(t.DialContext, c.Stall)
	})
	settings, err := config.LoadDefaultConfig(ctx, config.WithHTTPClient(client), config.WithRetryMaxAttempts(attempts))
	if err != nil {
		return nil, pipeline.Fail(pipeline.Usage, "bad_credentials", "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the shared files", "read the settings of the store: %w", err)
	}
	switch {
	case c.Region != "":
		settings.Region = c.Region
	case settings.Region == "":
		settings.Region = "us-east-1"
	}
	b := &Bucket{unconditional: new(atomic.Bool), bucket: c.Bucket, stall: c.Stall}
	if c.Prefix != "" {
		b.prefix = c.Prefix + "/"
	}
	checksums := aws.RequestChecksumCalculationWhenSupported
	b.client = s3.NewFromConfig(settings, func(o *s3.Options) {
		o.DisableLogOutputChecksumValidationSkipped = true
		if c.Endpoint == "" {
			return
		}
		// Many stores know neither virtual hosts nor the newer checksums.
		o.BaseEndpoint, o.UsePathStyle = aws.String(c.Endpoint), true
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
		o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
		checksums = aws.RequestChecksumCalculationWhenRequired
	})
	b.signer = s3.NewPresignClient(b.client)
	b.upload = transfermanager.New(b.client, func(o *transfermanager.Options) {
		o.PartSizeBytes, o.MultipartUploadThreshold, o.Concurrency = partBytes, partBytes, partsAtOnce
		o.RequestChecksumCalculation, o.FailTimeout = checksums, abortWithin
	})
	return b, nil
}

// Create makes the bucket where it is missing.
func (b *Bucket) Create(ctx context.Context) error {
	_, err := b.client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &b.bucket})
	if c := code(err); c == "BucketAlreadyOwnedByYou" || c == "BucketAlreadyExists" {
		return nil
	}
	return fail(err, "make the bucket %s", b.bucket)
}

// key is where key lies in the store.
func (b *Bucket) key(key string) *string { return aws.String(b.prefix + key) }

// Stat implements storage.Bucket.
func (b *Bucket) Stat(ctx context.Context, key string) (storage.Object, error) {
	if err := storage.CheckKey(key); err != nil {
		return storage.Object{}, err
	}
	out, err := b.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &b.bucket, Key: b.key(key)})
	if err != nil {
		return storage.Object{}, fail(err, "stat %s", key)
	}
	return storage.Object{Key: key, Size: aws.ToInt64(out.ContentLength), Version: aws.ToString(out.ETag), Modified: aws.ToTime(out.LastModified)}, nil
}

// List implements storage.Bucket.
func (b *Bucket) List(ctx context.Context, prefix string, f func(storage.Object) bool) error {
	pages := s3.NewListObjectsV2Paginator(b.client, &s3.ListObjectsV2Input{Bucket: &b.bucket, Prefix: b.key(prefix)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fail(err, "list %q", prefix)
		}
		for _, o := range page.Contents {
			key, ok := strings.CutPrefix(aws.ToString(o.Key), b.prefix)
			if !ok || storage.CheckKey(key) != nil {
				continue // a folder's own object, or a name that is no key of ours
			}
			if !f(storage.Object{Key: key, Size: aws.ToInt64(o.Size), Version: aws.ToString(o.ETag), Modified: aws.ToTime(o.LastModified)}) {
				return nil
			}
		}
	}
	return nil
}

// Delete implements storage.Bucket.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	if err := storage.CheckKey(key); err != nil {
		return err
	}
	_, err := b.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.bucket, Key: b.key(key)})
	if err = fail(err, "delete %s", key); pipeline.KindOf(err) == pipeline.NotFound {
		return nil
	}
	return err
}
