// The icons in use, by name. Only what is listed here is shipped.
import {
  Activity, Archive, ArrowDownWideNarrow, ArrowRight, ArrowUpDown, ArrowUpNarrowWide, AtSign, Banknote, Bell, Blocks, Building2,
  Calendar, CalendarCheck, CalendarDays, ChartLine, Check, ChevronDown, ChevronLeft, ChevronRight, ChevronsUpDown, ChevronUp,
  CircleAlert, CircleCheck, CircleDollarSign, CircleQuestionMark, CircleX, Clock, CloudOff, Columns3, Command, Copy, CornerDownLeft,
  CreditCard, Download, Ellipsis, ExternalLink, Eye, EyeOff, FileText, FileUp, Flag, FlaskConical, Folder, Globe, GripVertical,
  Handshake, History, Hourglass, House, Inbox, Info, Key, Keyboard, Languages, LifeBuoy, Link, ListChecks, ListFilter, Lock, LogOut,
  Mail, Maximize2, Menu, MessageSquare, Minus, Monitor, Moon, Package, Palette, Paperclip, Pencil, Percent, Phone, PhoneOutgoing,
  Pin, Plus, Power, Printer, Receipt, ReceiptText, RefreshCw, RotateCcw, ScanBarcode, Search, Send, Settings, Shield, ShieldCheck, Sigma,
  SlidersHorizontal, Sparkles, SquarePen, Star, Sun, Table2, Tag, Target, Trash2, TrendingDown, TrendingUp, TriangleAlert, Truck,
  Undo2, Upload, User, UserPlus, Users, Warehouse, WifiOff, Workflow, X, Zap,
} from "lucide";

export const ICONS = {
  activity: Activity, archive: Archive, "sort-down": ArrowDownWideNarrow, "arrow-right": ArrowRight, sort: ArrowUpDown, "sort-up": ArrowUpNarrowWide,
  at: AtSign, banknote: Banknote, bell: Bell, blocks: Blocks, building: Building2, calendar: Calendar, "calendar-check": CalendarCheck,
  "calendar-days": CalendarDays, chart: ChartLine, check: Check, "chevron-down": ChevronDown, "chevron-left": ChevronLeft,
  "chevron-right": ChevronRight, "chevrons-up-down": ChevronsUpDown, "chevron-up": ChevronUp, alert: CircleAlert, "circle-check": CircleCheck,
  money: CircleDollarSign, help: CircleQuestionMark, "circle-x": CircleX, clock: Clock, "cloud-off": CloudOff, columns: Columns3, command: Command,
  copy: Copy, enter: CornerDownLeft, "credit-card": CreditCard, download: Download, more: Ellipsis, "external-link": ExternalLink, eye: Eye,
  "eye-off": EyeOff, file: FileText, "file-up": FileUp, flag: Flag, flask: FlaskConical, folder: Folder, globe: Globe, grip: GripVertical,
  handshake: Handshake, history: History, hourglass: Hourglass, home: House, inbox: Inbox, info: Info, key: Key, keyboard: Keyboard,
  languages: Languages, support: LifeBuoy, link: Link, tasks: ListChecks, filter: ListFilter, lock: Lock, "log-out": LogOut, mail: Mail,
  maximize: Maximize2, menu: Menu, message: MessageSquare, minus: Minus, monitor: Monitor, moon: Moon, package: Package, palette: Palette,
  paperclip: Paperclip, pencil: Pencil, percent: Percent, phone: Phone, "phone-outgoing": PhoneOutgoing, pin: Pin, plus: Plus, power: Power, printer: Printer,
  receipt: Receipt, invoice: ReceiptText, refresh: RefreshCw, restore: RotateCcw, scan: ScanBarcode, search: Search, send: Send, settings: Settings,
  shield: Shield, "shield-check": ShieldCheck, sigma: Sigma, sliders: SlidersHorizontal, sparkles: Sparkles, note: SquarePen, star: Star, sun: Sun,
  table: Table2, tag: Tag, target: Target, trash: Trash2, "trending-down": TrendingDown, "trending-up": TrendingUp, warning: TriangleAlert,
  truck: Truck, undo: Undo2, upload: Upload, user: User, "user-plus": UserPlus, users: Users, warehouse: Warehouse, offline: WifiOff,
  workflow: Workflow, x: X, zap: Zap,
};
// What points along the line of reading turns round with it; clocks, ticks and the plus do not.
const FLIPS = new Set(["chevron-left", "chevron-right", "arrow-right", "undo", "send", "truck", "log-out", "enter", "tasks", "external-link", "phone-outgoing"]);
ICONS.house = ICONS.home;
ICONS["calendar-clock"] = ICONS["calendar-days"];

// The package gives the elements of an icon, [["path", {d}], ["circle", {cx, cy, r}] ...]. One path of them all is drawn for
// a third of what they cost, and a screen has hundreds.
const SHAPES = {
  path: ({ d }) => d,
  line: ({ x1, y1, x2, y2 }) => `m${x1} ${y1}L${x2} ${y2}`,
  polyline: ({ points }) => `M${points}`,
  polygon: ({ points }) => `M${points}z`,
  circle: ({ cx, cy, r }) => SHAPES.ellipse({ cx, cy, rx: r, ry: r }),
  ellipse: ({ cx, cy, rx, ry }) => `m${cx} ${cy}m-${rx} 0a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0-${2 * rx} 0`,
  rect: ({ x = 0, y = 0, width, height, rx, ry }) => {
    const a = Number(rx ?? ry ?? 0), b = Number(ry ?? rx ?? 0), corner = (dx, dy) => (a || b ? `a${a} ${b} 0 0 1 ${dx} ${dy}` : "");
    const w = width - 2 * a, h = height - 2 * b;
    return `m${x} ${y}m${a} 0h${w}${corner(a, b)}v${h}${corner(-a, b)}h${-w}${corner(-a, -b)}v${-h}${corner(a, -b)}z`;
  },
};
/** The whole icon as the data of one path. Each part starts from the origin, whether it moves there by `M` or by `m`. Pure. */
export const outline = (parts) => parts.map(([tag, given]) => `M0 0${SHAPES[tag](given)}`).join("");
const outlines = {};

export function Icon({ name, size = "", className = "" }) {
  const known = ICONS[name] ? name : "blocks";
  return <svg viewBox="0 0 24 24" className={`i ${size} ${FLIPS.has(name) ? "flip" : ""} ${className}`} aria-hidden="true"><path d={outlines[known] ??= outline(ICONS[known])} /></svg>;
}

/** The company mark: a link, and a receipt. */
export function Mark({ size = "" }) {
  return (
    <span className={`mark ${size}`} aria-hidden="true">
      <svg viewBox="0 0 18 18" fill="none" stroke="currentColor" strokeWidth="2.4" strokeLinecap="round" strokeLinejoin="round">
        <path d="M2.5 4.5v4.6a3 3 0 0 0 6 0V8.4a3 3 0 0 1 6 0v5.1" />
      </svg>
    </span>
  );
}

/** How far along: a pie of 0-100, or the mark of won and lost. */
export function Pie({ value = 0, kind }) {
  if (kind === "won") return <span className="pie won" aria-hidden="true"><svg viewBox="0 0 14 14" width="14" height="14" fill="none" stroke="#fff" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round"><path d="m4 7.2 2 2 4-4.2" /></svg></span>;
  if (kind === "lost") return <span className="pie lost" aria-hidden="true"><svg viewBox="0 0 14 14" width="14" height="14" stroke="#fff" strokeWidth="1.8" strokeLinecap="round"><path d="m5 5 4 4m0-4-4 4" /></svg></span>;
  return <span className="pie" style={{ "--p": value }} aria-hidden="true" />;
}
