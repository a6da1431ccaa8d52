/** The control door: JSON over HTTP, on the server that the page came from. */

/**
 * What went wrong, as a sentence; `offline` when the server was not reached at all, `code` when
 * the page may have words of its own for it (`refusal-CODE`).
 */
export class DoorError extends Error {
  constructor(sentence, offline = false) {
    super(sentence);
    this.name = "DoorError";
    this.offline = offline;
  }
}

/** The answer to `GET path`, as in "/control/town". Throws DoorError. */
export function get(path, { signal } = {}) {
  return ask(path, { signal });
}

/** The answer to `POST path` with a JSON body. Throws DoorError. */
export function post(path, body = {}) {
  const headers = { "content-type": "application/json" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** Where the bytes of a file are. */
export function fileUrl(id) {
  return `/control/file/${encodeURIComponent(id)}`;
}

async function ask(path, options) {
  let response;
  let text;
  try {
    response = await fetch(path, { ...options, cache: "no-store" });
    text = await response.text();
  } catch (error) {
    throw new DoorError(error.message, true);
  }
  const answer = parsed(text);
  if (!response.ok || answer === undefined) {
    const refused = new DoorError(answer?.error ?? `${response.status} ${response.statusText}`);
    refused.code = answer?.code ?? "";
    throw refused;
  }
  return answer;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
