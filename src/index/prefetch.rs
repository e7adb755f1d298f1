//! Memory that is asked for before it is needed.

/// Has the memory bring the line of the cache that a value begins in, without waiting for it. Where no instruction for that is
/// at hand, the value is read, which a processor need not wait for either as long as it can look ahead.
#[inline]
#[cfg_attr(
    target_arch = "x86_64",
    expect(
        unsafe_code,
        reason = "reads fill up what a processor can remember of what it waits for, and no safe call is stable"
    )
)]
pub fn prefetch<T: Copy>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: every processor of this kind has the instruction, and it changes nothing that a program can see.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(value).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    std::hint::black_box(*value);
}
