/**
 * Up to this many bytes, a picture is sent in the submit as a data URI. A larger one is uploaded first, if the provider
 * has an upload call, and the submit contains its URL.
 *
 * Measured by tools/bench/upload.js (20 Mbit/s up, 0.3 s to each answer, the submit answered with 429 once):
 *
 * | picture | way    | until taken | paid POST       | sent in all | history with inputs | memory |
 * |---------|--------|-------------|-----------------|-------------|---------------------|--------|
 * | 256 kB  | inline | 0.9 s       | 341 kB, 0.4 s   | 0.7 MB      | 341 kB a job        | 3 MB   |
 * | 256 kB  | upload | 1.0 s       | 0.1 kB, 0.3 s   | 0.3 MB      | 0.1 kB              | 2 MB   |
 * | 15 MB   | inline | 16.8 s      | 20 MB, 8.3 s    | 40 MB       | 20 MB a job         | 101 MB |
 * | 15 MB   | upload | 7.0 s       | 0.1 kB, 0.3 s   | 15 MB       | 0.1 kB              | 32 MB  |
 *
 * The paid POST decides: it must not be repeated after a lost connection, so it should be short. With a picture inside,
 * it takes as long as the picture needs, and after a 429 the picture is sent again. An upload costs nothing and may be
 * retried. Also, the search for a job whose answer was lost reads the history with its inputs. Below the limit, the
 * extra round trip of an upload costs more than it saves, and uploads count towards a quota.
 */
export const INLINE_MAX_BYTES = 256_000;

/** `data:image/jpeg;base64,…`: the standard form, without the space in WaveSpeed's documentation. */
export function toDataUri(data: Buffer, mimeType: string): string {
	return `data:${mimeType};base64,${data.toString('base64')}`;
}
