import { untilAborted } from '../../jobs/abort';
import { INLINE_MAX_BYTES, toDataUri } from '../../media/picture/dataUri';
import type { Picture } from '../../media/picture/load';
import { withRetry, type Session } from '../../n8n/session';
import type { Provider } from '../../providers/types';
import type { PlacePicture } from './prepare';

/** How long an upload that does not get through is repeated, in ms. */
const PATIENCE_MS = 5 * 60_000;

/** Whether a picture is sent inside the request, and not put up before. */
export const goesInline = ({ upload }: Provider, data: Buffer): boolean =>
	!upload || data.length <= INLINE_MAX_BYTES;

/**
 * Puts pictures where the provider can get them: small ones into the request, others up to the provider where it
 * takes them. The paid POST stays small that way: it is quick, and sending it again after a 429 costs little.
 * The same picture is put up once a run. Uploads cost nothing, so they are repeated like a GET.
 */
export function picturePlacer(session: Session): PlacePicture {
	const { provider, http } = session;
	const uploaded = new Map<string, Promise<string>>();
	return async (picture: Picture, signal = session.signal) => {
		if (picture.kind === 'url') return picture.url;
		const { data, mimeType, fileName, sha256 } = picture;
		const { upload } = provider;
		if (!upload || goesInline(provider, data)) return toDataUri(data, mimeType);
		const known = uploaded.get(sha256);
		if (known) return await untilAborted(known, signal);
		const url = withRetry(session, async () => await upload(http, { data, mimeType, fileName }), {
			patienceMs: PATIENCE_MS,
			signal,
		});
		uploaded.set(sha256, url);
		// One that did not succeed must not stand in the way of the next item with the same picture.
		url.catch(() => uploaded.delete(sha256));
		return await untilAborted(url, signal);
	};
}
