/** A link that shows a page around a file, or that only its owner can open. */
export interface PageLink {
	/** The rest of the sentence `is <what>`. */
	what: string;
	/** The address of the file itself, if the link contains it. */
	direct?: string;
	/** What to do otherwise: a sentence without its full stop. */
	way: string;
}

type Rule = (url: URL) => PageLink | undefined;

const stepBefore = (step: string) =>
	`Add a step before this one that delivers the file (${step}), and choose 'File From Input'`;

/** Google Drive. The resource key belongs to files that were shared before 2021. */
const drive: Rule = (url) => {
	const id =
		/^\/file\/(?:u\/\d+\/)?d\/([\w-]+)/.exec(url.pathname)?.[1] ??
		(/^\/(open|uc)$/.test(url.pathname) ? url.searchParams.get('id') : null);
	const way = stepBefore('Google Drive: Download');
	if (url.pathname.includes('/folders/')) return { what: 'a Google Drive folder', way };
	if (
		url.hostname === 'docs.google.com' &&
		/^\/(document|spreadsheets|presentation|forms)\//.test(url.pathname)
	) {
		return { what: 'a Google document, not a picture', way };
	}
	if (!id || url.searchParams.get('export') === 'download') return undefined;
	const direct = new URL('https://drive.google.com/uc?export=download');
	direct.searchParams.set('id', id);
	const key = url.searchParams.get('resourcekey');
	if (key) direct.searchParams.set('resourcekey', key);
	return { what: 'a Google Drive page, not the picture', direct: direct.href, way };
};

const dropbox: Rule = (url) => {
	const way = stepBefore('Dropbox: Download');
	if (/^\/(sh|scl\/fo)\//.test(url.pathname)) return { what: 'a Dropbox folder', way };
	const isFile = /^\/(s|scl\/fi)\//.test(url.pathname);
	const isDirect = url.searchParams.get('dl') === '1' || url.searchParams.get('raw') === '1';
	if (!isFile || isDirect) return undefined;
	const direct = new URL(url);
	direct.searchParams.set('dl', '1');
	return { what: 'a Dropbox page, not the picture', direct: direct.href, way };
};

const sharePoint: Rule = (url) => {
	if (!/^\/:[a-z]:\//.test(url.pathname) || url.searchParams.get('download') === '1')
		return undefined;
	const direct = new URL(url);
	direct.searchParams.set('download', '1');
	return {
		what: 'a SharePoint page, not the picture',
		direct: direct.href,
		way: stepBefore('Microsoft OneDrive: Download'),
	};
};

const imgur: Rule = (url) => {
	const id = /^\/([A-Za-z0-9]{5,8})$/.exec(url.pathname)?.[1];
	return {
		what: 'an Imgur page, not the picture',
		...(id ? { direct: `https://i.imgur.com/${id}.jpg` } : {}),
		way: "Open it, right-click the picture, and choose 'Copy image address'",
	};
};

/** What Google wraps around an address in search results and mails. */
const google: Rule = (url) => {
	const name = { '/imgres': ['imgurl'], '/url': ['q', 'url'] }[url.pathname];
	if (!name) return undefined;
	const direct = name
		.map((each) => url.searchParams.get(each))
		.find((each) => /^https?:\/\//i.test(each ?? ''));
	return {
		what: 'a Google search result, not the picture',
		...(direct ? { direct } : {}),
		way: 'Open the picture itself and copy its address',
	};
};

const gitHub: Rule = (url) => {
	const parts = /^\/([^/]+\/[^/]+)\/blob\/(.+)$/.exec(url.pathname);
	return parts
		? {
				what: 'a GitHub page, not the picture',
				direct: `https://github.com/${parts[1]}/raw/${parts[2]}`,
				way: "Use the address of the button 'Raw'",
			}
		: undefined;
};

/** It contains the bot's token, which nobody but Telegram may get. */
const telegram: Rule = (url) =>
	/^\/file\/bot[^/]+\//.test(url.pathname)
		? {
				what: "a Telegram link that contains your bot's token, which the provider must not see",
				direct: url.href,
				way: stepBefore("Telegram: Get a file, 'Download' on"),
			}
		: undefined;

const page =
	(what: string, way: string, path?: RegExp): Rule =>
	(url) =>
		!path || path.test(url.pathname) ? { what, way } : undefined;

const COPY = "Open it, right-click the picture, and choose 'Copy image address'";

/** By host name, without `www.`; a name with a leading dot includes all subdomains. */
const HOSTS: ReadonlyArray<readonly [string, Rule]> = [
	['drive.google.com', drive],
	['docs.google.com', drive],
	['dropbox.com', dropbox],
	['.sharepoint.com', sharePoint],
	[
		'photos.app.goo.gl',
		page(
			'a Google Photos page',
			'Download the picture and upload it to Google Drive; then Google Drive: Download delivers it',
		),
	],
	[
		'photos.google.com',
		page(
			'a Google Photos page',
			'Download the picture and upload it to Google Drive; then Google Drive: Download delivers it',
		),
	],
	['1drv.ms', page('a OneDrive page, not the picture', stepBefore('Microsoft OneDrive: Download'))],
	[
		'onedrive.live.com',
		page('a OneDrive page, not the picture', stepBefore('Microsoft OneDrive: Download')),
	],
	[
		'.icloud.com',
		page(
			'an iCloud page, not the picture',
			stepBefore('Google Drive or Dropbox, after you upload it there'),
		),
	],
	['.box.com', page('a Box page, not the picture', stepBefore('Box: Download'), /^\/s\//)],
	[
		'.canva.com',
		page(
			'a Canva design, not a picture',
			'Download it in Canva (Share > Download) as JPG or PNG, and use that file',
			/^\/design\//,
		),
	],
	[
		'.figma.com',
		page(
			'a Figma file, not a picture',
			'Export it in Figma as JPG or PNG, and use that file',
			/^\/(file|design|proto|board)\//,
		),
	],
	['imgur.com', imgur],
	['github.com', gitHub],
	['api.telegram.org', telegram],
	[
		'files.slack.com',
		page(
			'a private Slack file, which requires signing in',
			stepBefore('HTTP Request with your Slack credential, Response Format: File'),
		),
	],
	[
		'.slack.com',
		page(
			'a private Slack file, which requires signing in',
			stepBefore('HTTP Request with your Slack credential, Response Format: File'),
			/^\/files\//,
		),
	],
	[
		'.notion.so',
		page(
			'a Notion page, not a picture',
			'Use the file inside: {{ $json.property_picture[0] }} of the Notion step',
			/^\/(?!(image|signed)\/)/,
		),
	],
	[
		'airtable.com',
		page(
			'an Airtable page, not a picture',
			'Use the attachment: {{ $json.Attachments[0].url }} of the Airtable step',
		),
	],
	['.pinterest.com', page('a Pinterest page, not the picture', COPY, /^\/pin\//)],
	['unsplash.com', page('an Unsplash page, not the picture', COPY, /^\/photos\//)],
	['.pexels.com', page('a Pexels page, not the picture', COPY, /^\/photo\//)],
	[
		'.instagram.com',
		page(
			'an Instagram page, not the picture',
			'Save the picture and use the file',
			/^\/(p|reel)\//,
		),
	],
	['.facebook.com', page('a Facebook page, not the picture', 'Save the picture and use the file')],
	['ibb.co', page('an ImgBB page, not the picture', COPY)],
	['postimg.cc', page('a Postimages page, not the picture', COPY)],
	['prnt.sc', page('a page of Lightshot, not the picture', COPY)],
	['we.tl', page('a WeTransfer page, not the picture', 'Download the file and use it')],
	['mega.nz', page('a MEGA page, not the picture', 'Download the file and use it')],
];

/** Whether an address is known to show a web page, or to be private. Unknown addresses pass. */
export function pageLink(url: URL): PageLink | undefined {
	const host = url.hostname.toLowerCase().replace(/^www\./, '');
	if (/^google\.[a-z.]{2,6}$/.test(host)) return google(url);
	const rule = HOSTS.find(([name]) =>
		name.startsWith('.') ? `.${host}`.endsWith(name) : host === name,
	);
	const found = rule?.[1](url);
	if (found) return found;
	if (url.pathname === '/' && url.search === '') {
		return { what: 'the address of a website, not of a file', way: COPY };
	}
	return undefined;
}
