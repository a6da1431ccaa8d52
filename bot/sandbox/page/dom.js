/**
 * Building the page: elements are made from values, never from markup, so that whatever people
 * and the bot write can only ever be text.
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. `tag` may carry classes ("button.key.wide"); in `props`, `on` holds listeners,
 * `data` the data attributes; true puts a bare attribute, false and null leave it out. Children are nodes,
 * strings, or lists of them; false and null are left out.
 */
export function el(tag, props = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  return fill(document.createElement(name), classes, props, children);
}

/** The same for an SVG element. */
export function svg(tag, props = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  return fill(document.createElementNS(SVG, name), classes, props, children);
}

function fill(node, classes, { on = {}, data = {}, ...attributes }, children) {
  if (classes.length) node.setAttribute("class", classes.join(" "));
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const [name, value] of Object.entries(data)) {
    if (value !== null && value !== undefined) node.dataset[name] = String(value);
  }
  for (const [name, listener] of Object.entries(on)) node.addEventListener(name, listener);
  node.append(...shown(children));
  return node;
}

/** Gives a node other children, by the same rules. */
export function put(node, ...children) {
  node.replaceChildren(...shown(children));
}

function shown(children) {
  return children.flat(Infinity).filter((child) => child || child === 0);
}

/** Puts a text in place unless it is there already: a live region is then not read again. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Listens for clicks on anything below `root` that carries `data-act`: calls the function of
 * that name in `acts` with (element, event).
 */
export function delegate(root, acts) {
  root.addEventListener("click", (event) => {
    const node = event.target.closest("[data-act]");
    const act = node && root.contains(node) && acts[node.dataset.act];
    if (!act) return;
    event.preventDefault();
    act(node, event);
  });
}

/** What the Tab key can reach below `root`, in order. */
export function reachable(root) {
  const all = root.querySelectorAll("a[href], button, input, select, textarea, audio, [tabindex]");
  return [...all].filter((node) => !node.disabled && node.tabIndex >= 0 && node.offsetParent);
}
