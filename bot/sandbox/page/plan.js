/**
 * The plan of the town: its grids drawn from `GET /control/plan`, a pin that a click or the
 * arrow keys move, and the named places.
 */

import { get } from "./door.js";
import { el, svg } from "./dom.js";
import { openSheet, sheetHead } from "./sheet.js";
import { t } from "./words.js";

const SIZE = 1000; // the plan's longer side in its own units
const STEP = 12; // units that an arrow key moves the pin; with Shift a quarter
const BELOW = 40; // units from a grid's middle to its name: the pin has room above
const WINDOW = 260; // units shown around the pin in a message
const NUMBERED = /^(.*?)\s*((?:\p{Script=Han}|[A-Za-z]+)?\s*\d.*)?$/u; // a grid's name in two lines
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

let asked = null;

/** The town's plan, asked for once; null when there is none. */
export async function thePlan() {
  asked ??= get("/control/plan").catch(() => {
    asked = null; // a lost connection is no reason to do without for ever
    return {};
  });
  const data = await asked;
  return data.bounds ? new Plan(data) : null;
}

class Plan {
  constructor({ bounds, grids, places }) {
    const [west, south, east, north] = bounds;
    const narrow = Math.cos(((south + north) / 2) * (Math.PI / 180));
    this.west = west;
    this.north = north;
    this.scale = SIZE / Math.max((east - west) * narrow, north - south);
    this.narrow = narrow;
    this.width = (east - west) * narrow * this.scale;
    this.height = (north - south) * this.scale;
    this.grids = grids;
    this.places = places;
  }

  /** Plan units of a longitude and latitude. */
  point(lng, lat) {
    return [(lng - this.west) * this.narrow * this.scale, (this.north - lat) * this.scale];
  }

  /** The location of a point in plan units. */
  location([x, y]) {
    const longitude = this.west + x / this.narrow / this.scale;
    const latitude = this.north - y / this.scale;
    return { latitude: round(latitude), longitude: round(longitude) };
  }

  /** The name of the grid that a point lies in, or null. */
  gridAt([x, y]) {
    return (
      this.grids.find(({ rings }) => rings.filter((ring) => this.#holds(ring, x, y)).length % 2)
        ?.name ?? null
    );
  }

  #holds(ring, x, y) {
    const points = ring.map(([lng, lat]) => this.point(lng, lat));
    return points.reduce((inside, [ax, ay], i) => {
      const [bx, by] = points[(i || points.length) - 1];
      return ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax ? !inside : inside;
    }, false);
  }

  /** The drawing with its names. */
  whole(...more) {
    const labels = this.grids.map((grid) => this.#label(grid));
    return this.#draw([0, 0, this.width, this.height], "meet", [labels, more]);
  }

  /** A piece of the drawing: `box` is [x, y, width, height] in plan units. */
  piece(box, ...more) {
    return this.#draw(box, "slice", more);
  }

  #draw(box, fit, more) {
    return svg(
      "svg.plan",
      { viewBox: box.join(" "), preserveAspectRatio: `xMidYMid ${fit}` },
      this.grids.map(({ rings }, i) =>
        svg("path", {
          d: rings
            .map(
              (ring) =>
                `M${ring.map(([lng, lat]) => this.point(lng, lat).map(Math.round)).join("L")}Z`,
            )
            .join(""),
          "data-shade": i % 3,
        }),
      ),
      more,
    );
  }

  #label({ name, rings }) {
    const points = rings[0].map(([lng, lat]) => this.point(lng, lat));
    const [x, y] = [0, 1].map((axis) => {
      const values = points.map((point) => point[axis]);
      return (Math.min(...values) + Math.max(...values)) / 2;
    });
    const [, head, tail] = NUMBERED.exec(name);
    return svg(
      "text",
      { x, y: y + BELOW },
      [head, tail]
        .filter(Boolean)
        .map((line, i) => svg("tspan", { x, dy: i ? "1.2em" : 0 }, line)),
    );
  }
}

const round = (degrees) => Math.round(degrees * 1e6) / 1e6;

function pinNode() {
  return svg(
    "g.plan-pin",
    {},
    svg("path", { d: "M0 0C-9 -18 -22 -30 -22 -46a22 22 0 0 1 44 0C22 -30 9 -18 0 0Z" }),
    svg("circle", { cy: -46, r: 8 }),
  );
}

/** A location as a small piece of the plan with its pin; null when it lies outside. */
export function mapNode(plan, { latitude, longitude }) {
  const [x, y] = plan.point(longitude, latitude);
  if (x < 0 || y < 0 || x > plan.width || y > plan.height) return null;
  const pin = pinNode();
  pin.setAttribute("transform", `translate(${x} ${y})`);
  return plan.piece([x - WINDOW, y - WINDOW / 2, 2 * WINDOW, WINDOW], pin);
}

/** Lets somebody choose a location on the plan over a phone: {latitude, longitude}, or null. */
export function choosePlace(host, plan) {
  let at = [plan.width / 2, plan.height / 2];
  const pin = pinNode();
  const where = el("p.plan-where", { role: "status" });
  const places = el(
    "select",
    { id: `places-${crypto.randomUUID()}` },
    el("option", { value: "" }, t("plan-choose")),
    plan.places.map(({ name }, i) => el("option", { value: i }, name)),
  );
  const move = (point, place = "") => {
    at = [clamp(point[0], plan.width), clamp(point[1], plan.height)];
    pin.setAttribute("transform", `translate(${at[0]} ${at[1]})`);
    places.value = place;
    where.textContent = plan.gridAt(at) ?? t("plan-outside");
  };
  const drawing = plan.whole(pin);
  const field = el(
    "div.plan-field",
    {
      tabindex: 0,
      role: "application",
      "aria-label": t("plan-field"),
      autofocus: true,
      on: {
        click: (event) => {
          const point = new DOMPoint(event.clientX, event.clientY);
          const { x, y } = point.matrixTransform(drawing.getScreenCTM().inverse());
          move([x, y]);
        },
        keydown: (event) => {
          const arrow = ARROWS[event.key];
          if (!arrow) return;
          event.preventDefault();
          const step = event.shiftKey ? STEP / 4 : STEP;
          move(at.map((value, axis) => value + arrow[axis] * step));
        },
      },
    },
    drawing,
  );
  places.addEventListener("change", () => {
    const place = plan.places[places.value];
    if (place) move(plan.point(place.lng, place.lat), places.value);
  });
  const sheet = openSheet(host, {
    label: t("plan-title"),
    look: "full",
    content: [
      sheetHead(t("plan-title"), () => sheet.close()),
      field,
      el(
        "div.plan-choice",
        {},
        el("label", { for: places.id }, t("plan-named")),
        places,
        where,
        el("p.plan-hint", {}, t("plan-hint")),
      ),
      el(
        "button.primary",
        { type: "button", on: { click: () => sheet.close(plan.location(at)) } },
        t("plan-send"),
      ),
    ],
  });
  move(at);
  return sheet.done;
}

const clamp = (value, most) => Math.min(Math.max(value, 0), most);
