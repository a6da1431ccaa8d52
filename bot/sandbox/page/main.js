/** The page: what is known of the town, the phones, and the panels around them. */

import "./look.js";
import { mount as mountBar } from "./bar.js";
import { mount as mountInside } from "./inside.js";
import { Outbox } from "./outbox.js";
import { Phones } from "./phones.js";
import { mount as mountScenes } from "./scenes.js";
import { Store } from "./store.js";
import { Reading } from "./unread.js";
import { translate } from "./words.js";

const root = (id) => document.getElementById(id);

translate(document);
const store = new Store();
const parts = { store, outbox: new Outbox(store), reading: new Reading(store) };
const phones = new Phones(root("phones"), parts);
mountBar(root("bar"), store, phones);
mountScenes(root("scenes"), store, phones);
mountInside(root("inside"), store, phones);
store.run();
