package hearing
import ("testing";"os";"fmt";"bufio";"time")
func TestExplore(t *testing.T){
 f,err:=os.Open(os.Getenv("PCM")); if err!=nil{t.Skip()}
 h,err:=Listen(bufio.NewReaderSize(f,1<<20)); if err!=nil{t.Fatal(err)}
 b:=time.Now()
 for i,r:=range Rises(h,600,12){ fmt.Printf("%d %6.1f %+v\n",i+1,float64(r.At)/10,r) }
 fmt.Println(time.Since(b))
}
