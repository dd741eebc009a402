use std::time::Instant;
use haechi_catalog::Catalog;
use haechi_sources::*;
struct B { b: Option<RowBuilder>, n: u64 }
impl Sink for B {
    fn row(&mut self, row: &Row<'_>) -> Result<(), SinkError> {
        self.n += 1;
        let b = self.b.get_or_insert_with(|| RowBuilder::new(row.mapping));
        b.push(row, 0);
        if b.n_rows() >= 65536 { let b = self.b.take().unwrap(); b.finish(row.mapping, &["f".to_owned()])?; }
        Ok(())
    }
    fn reject(&mut self, _: Reject) -> Result<(), SinkError> { panic!() }
}
struct N(u64);
impl Sink for N {
    fn row(&mut self, _: &Row<'_>) -> Result<(), SinkError> { self.0 += 1; Ok(()) }
    fn reject(&mut self, _: Reject) -> Result<(), SinkError> { panic!() }
}
#[test]
fn speed() {
    let catalog = Catalog::built_in().unwrap();
    let mappings = Mappings::new(catalog.sources.values());
    let mut text = String::from("version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n");
    let mut x: u64 = 1;
    for i in 0..200_000u64 {
        x = x.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        let r = x >> 33;
        text.push_str(&format!("2 111122223333 eni-{:017x} 10.{}.{}.{} 203.0.{}.{} {} {} 6 {} {} {} {} {} OK\n", r, r%7, r%251, r%253, r%113, r%200, 1024 + r%60000, [443,22,80,53][(r%4) as usize], r%100, r%100000, 1717200000+i/100, 1717200060+i/100, if r%9==0 {"REJECT"} else {"ACCEPT"}));
    }
    let path = std::env::temp_dir().join("flow_speed_tmp.log");
    std::fs::write(&path, &text).unwrap();
    for _ in 0..5 {
        let t = Instant::now();
        let opened = open(&Object { name: "x".into(), size: None, place: Place::File(path.clone()) }).unwrap();
        let o = t.elapsed();
        let mut s = N(0);
        let t = Instant::now();
        read_object("x", opened, &mappings, &mut s).unwrap();
        let parse = t.elapsed();
        let opened = open(&Object { name: "x".into(), size: None, place: Place::File(path.clone()) }).unwrap();
        let mut s2 = B { b: None, n: 0 };
        let t = Instant::now();
        read_object("x", opened, &mappings, &mut s2).unwrap();
        let all = t.elapsed();
        println!("open {o:?} parse {parse:?} {:.2} M/s, with rows {all:?} {:.2} M/s", s.0 as f64/parse.as_secs_f64()/1e6, s2.n as f64/all.as_secs_f64()/1e6);
    }
    std::fs::remove_file(path).unwrap();
}
