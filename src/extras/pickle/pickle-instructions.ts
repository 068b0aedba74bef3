import { isKind } from '../../core/is-kind.ts';
import { applyGlobal, buildObject, findGlobal, newObject, PickleObject } from './pickle-classes.ts';
import { type Budget, type Cursor, spend } from './pickle-cursor.ts';
import { damaged } from './pickle-errors.ts';
import { float, integer, longInteger, quotedText, rawUnicode } from './pickle-literals.ts';
import type { PickleStack } from './pickle-stack.ts';

/** What an instruction reads from and works on. */
export interface PickleState {
  readonly cursor: Cursor;
  readonly stack: PickleStack;
  readonly budget: Budget;
}

/** @throws FaceTriggerError `ERR_FILE_FORMAT` */
type Instruction = (state: PickleState) => void;

/** Ends the pickle. */
export const STOP = 0x2e;
/** Fills an object; joblib puts an array's bytes right behind it. */
export const BUILD = 0x62;

/** What an entry of a dictionary takes that is made of a list. */
const ENTRY_BYTES = 64;

const uint8 = (cursor: Cursor) => cursor.byte();
const uint16 = (cursor: Cursor) => cursor.view(2).getUint16(0, true);
const uint32 = (cursor: Cursor) => cursor.view(4).getUint32(0, true);
const decimal = (cursor: Cursor) => Number(cursor.line());

const push =
  (read: (cursor: Cursor) => unknown): Instruction =>
  ({ stack, cursor }) =>
    stack.push(read(cursor));
const make =
  (build: (state: PickleState) => unknown): Instruction =>
  (state) =>
    state.stack.make(build(state));
const recall =
  (read: (cursor: Cursor) => number): Instruction =>
  ({ stack, cursor }) =>
    stack.push(stack.recall(read(cursor)));
const remember =
  (read: (cursor: Cursor) => number): Instruction =>
  ({ stack, cursor }) =>
    stack.remember(read(cursor));

/** By their byte, with the names of CPython's Lib/pickletools.py; all others are refused. */
export const INSTRUCTIONS: ReadonlyMap<number, Instruction> = new Map([
  [0x80, checkProtocol],
  // FRAME only tells a reader how much to fetch at once.
  [0x95, ({ cursor }: PickleState) => void cursor.take(8)],

  // The stack: MARK, POP, POP_MARK, DUP
  [0x28, ({ stack }: PickleState) => stack.mark()],
  [0x30, ({ stack }: PickleState) => stack.drop()],
  [0x31, ({ stack }: PickleState) => void stack.popMark()],
  [0x32, ({ stack }: PickleState) => stack.push(stack.top())],

  // NONE, NEWTRUE, NEWFALSE
  [0x4e, push(() => null)],
  [0x88, push(() => true)],
  [0x89, push(() => false)],

  // Numbers: INT, LONG, BININT, BININT1, BININT2, LONG1, LONG4, FLOAT, BINFLOAT
  [0x49, push((cursor) => integerOrBoolean(cursor.line()))],
  [0x4c, push((cursor) => integer(cursor.line().replace(/L$/, '')))],
  [0x4a, push((cursor) => cursor.view(4).getInt32(0, true))],
  [0x4b, push(uint8)],
  [0x4d, push(uint16)],
  [0x8a, push((cursor) => longInteger(cursor.take(uint8(cursor))))],
  [0x8b, push((cursor) => longInteger(cursor.take(uint32(cursor))))],
  [0x46, push((cursor) => float(cursor.line()))],
  [0x47, push((cursor) => cursor.view(8).getFloat64(0, false))],

  // Texts: STRING, UNICODE, BINSTRING, SHORT_BINSTRING, BINUNICODE, SHORT_BINUNICODE, BINUNICODE8
  [0x53, push((cursor) => quotedText(cursor.line()))],
  [0x56, push((cursor) => rawUnicode(cursor.line()))],
  [0x54, push((cursor) => cursor.text(uint32(cursor), 'latin1'))],
  [0x55, push((cursor) => cursor.text(uint8(cursor), 'latin1'))],
  [0x58, push((cursor) => cursor.text(uint32(cursor), 'utf8'))],
  [0x8c, push((cursor) => cursor.text(uint8(cursor), 'utf8'))],
  [0x8d, push((cursor) => cursor.text(cursor.size8(), 'utf8'))],

  // Bytes: BINBYTES, SHORT_BINBYTES, BINBYTES8, BYTEARRAY8
  [0x42, make(({ cursor }) => cursor.take(uint32(cursor)))],
  [0x43, make(({ cursor }) => cursor.take(uint8(cursor)))],
  [0x8e, make(({ cursor }) => cursor.take(cursor.size8()))],
  [0x96, make(({ cursor }) => cursor.take(cursor.size8()))],

  // EMPTY_LIST, EMPTY_TUPLE, EMPTY_SET, EMPTY_DICT, LIST, TUPLE, FROZENSET, DICT, TUPLE1, TUPLE2, TUPLE3
  [0x5d, make(() => [])],
  [0x29, make(() => [])],
  [0x8f, make(() => [])],
  [0x7d, make(() => new Map())],
  [0x6c, make(({ stack }) => stack.popMark())],
  [0x74, make(({ stack }) => stack.popMark())],
  [0x91, make(({ stack }) => stack.popMark())],
  [0x64, make(({ stack }) => new Map(pairs(stack.popMark())))],
  [0x85, make(({ stack }) => stack.popMany(1))],
  [0x86, make(({ stack }) => stack.popMany(2))],
  [0x87, make(({ stack }) => stack.popMany(3))],

  // APPEND, APPENDS, ADDITEMS, SETITEM, SETITEMS
  [0x61, ({ stack }: PickleState) => append(stack, [stack.pop()])],
  [0x65, ({ stack }: PickleState) => append(stack, stack.popMark())],
  [0x90, ({ stack }: PickleState) => append(stack, stack.popMark())],
  [0x73, ({ stack }: PickleState) => setItems(stack, stack.popMany(2))],
  [0x75, ({ stack }: PickleState) => setItems(stack, stack.popMark())],

  // The memo: GET, BINGET, LONG_BINGET, PUT, BINPUT, LONG_BINPUT, MEMOIZE
  [0x67, recall(decimal)],
  [0x68, recall(uint8)],
  [0x6a, recall(uint32)],
  [0x70, remember(decimal)],
  [0x71, remember(uint8)],
  [0x72, remember(uint32)],
  [0x94, ({ stack }: PickleState) => stack.remember()],

  // Classes and objects: GLOBAL, STACK_GLOBAL, REDUCE, NEWOBJ, NEWOBJ_EX, INST, OBJ, BUILD
  [0x63, make(({ cursor }) => findGlobal(cursor.line(), cursor.line()))],
  [0x93, make(({ stack }) => namedGlobal(stack.popMany(2)))],
  [0x52, make(reduce)],
  [0x81, make(({ stack }) => newObject(stack.popMany(2)[0]))],
  [0x92, make(({ stack }) => newObject(stack.popMany(3)[0]))],
  [0x69, make(newInstance)],
  [0x6f, make(({ stack }) => newObject(stack.popMark()[0]))],
  [BUILD, build],
]);

function checkProtocol({ cursor }: PickleState): void {
  const protocol = cursor.byte();
  if (protocol > 5) throw damaged(`protocol ${protocol} is unknown`);
}

function integerOrBoolean(line: string): unknown {
  return line === '01' ? true : line === '00' ? false : integer(line);
}

function namedGlobal([module, name]: readonly unknown[]): unknown {
  if (typeof module !== 'string' || typeof name !== 'string') throw damaged('a class has no name');
  return findGlobal(module, name);
}

function newInstance({ cursor, stack }: PickleState): unknown {
  const module = cursor.line();
  const name = cursor.line();
  stack.popMark();
  return newObject(findGlobal(module, name));
}

function reduce({ stack, budget }: PickleState): unknown {
  const [callee, args] = stack.popMany(2);
  spendOn(budget, args);
  return applyGlobal(callee, { args: asList(args), budget });
}

function build({ stack, budget }: PickleState): void {
  const state = stack.pop();
  spendOn(budget, state);
  buildObject(stack.top(), state);
}

// Building an array from remembered bytes again and again must not cost more than the file is worth.
function spendOn(budget: Budget, value: unknown): void {
  for (const item of Array.isArray(value) ? value : []) {
    if (typeof item === 'string' || isKind(item, 'Uint8Array')) spend(budget, item.length);
    else if (Array.isArray(item)) spend(budget, item.length * ENTRY_BYTES);
  }
}

// An object that takes items is a list or dictionary of a class of its own: what it takes plays no part.
function append(stack: PickleStack, items: readonly unknown[]): void {
  const target = stack.top();
  if (target instanceof PickleObject) return;
  const list = asList(target);
  for (const item of items) list.push(item);
}

function setItems(stack: PickleStack, items: readonly unknown[]): void {
  const target = stack.top();
  const entries = pairs(items);
  if (target instanceof PickleObject) return;
  if (!(target instanceof Map)) throw damaged('a dictionary is due where something else is');
  for (const [key, value] of entries) target.set(key, value);
}

function pairs(items: readonly unknown[]): [unknown, unknown][] {
  if (items.length % 2 !== 0) throw damaged('a dictionary has a key without a value');
  const result: [unknown, unknown][] = [];
  for (let i = 0; i < items.length; i += 2) result.push([items[i], items[i + 1]]);
  return result;
}

/** @throws FaceTriggerError `ERR_FILE_FORMAT` for what is no list or tuple */
export function asList(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw damaged('a list is due where something else is');
  return value;
}
