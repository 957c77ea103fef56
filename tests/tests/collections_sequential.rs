use promise_runtime::prelude::*;
async fn double(v: u32) -> Result<u32, String> {
    if v == 13 {
        Err("unlucky".into())
    } else {
        Ok(v * 2)
    }
}
#[test]
fn sequential() {
    let r = promise! { Promise.resolve([1, 2, 3]).reduce((sum, v) => sum + v, 0) }.block_on();
    assert_eq!(r, Ok(6));
    let r = promise! { Promise.reduce([1, 2, 3], async (sum, v) => sum + await double(v), 0) }
        .block_on();
    assert_eq!(r, Ok(12));
    let r = promise! { Promise.reduce(vec![1, 13, 3], |sum, v| async move { Ok::<_, String>(sum + double(v).await?) }, 0) }.block_on();
    assert_eq!(r, Err("unlucky".into()));
    let mut seen = vec![];
    let r = promise! { Promise.each([1, 2, 3], v => seen.push(*v)).then(v => v.len()) }.block_on();
    assert_eq!(r, Ok(3));
    assert_eq!(seen, [1, 2, 3]);
    let r = promise! { Promise.resolve(1..4).each(|v| double(*v)).then(|v| v) }.block_on();
    assert_eq!(r, Ok(vec![1, 2, 3]));
}
