// Links Netron's page with the window, through the QWebChannel object "bridge" (ui/netron_bridge.py).
// Runs in the page before Netron's own scripts. Nodes are known by their first output tensor,
// because names may be missing or occur twice. Netron's object and its drawing are watched through
// properties, so that nothing is polled: `target`, the drawing, is another object after a reload.
(() => {
    'use strict';

    const OWN = 'studio';   // the source of selections that came from the window
    const DEBOUNCE = 40;    // milliseconds; one click changes the selection several times
    let view = null;
    let bridge = null;
    let nodes = new Map();  // first output, or name -> node
    let wanted = null;      // a selection to make once there is a drawing
    let drawn = -1;         // nodes of the drawing, once there is one
    let timer = 0;
    let quiet = false;      // what changes now is no choice of the user's

    const output = (node) => {
        const first = node.outputs && node.outputs[0];
        return first && first.value && first.value[0] ? first.value[0].name : '';
    };
    const element = (id) => window.document.getElementById(id);

    const report = (target) => {
        const [chosen] = target.selection;
        const value = chosen ? chosen.value : null;
        wanted = value && Array.isArray(value.outputs) ? [output(value)] : [];
        if (value && value.type && Array.isArray(value.outputs)) {
            bridge.on_selected(value.name || '', output(value));
        } else if (value && typeof value.name === 'string' && !Array.isArray(value.value)) {
            bridge.on_selected('', value.name);  // a connection is what its node writes
        } else if (!chosen) {
            bridge.on_selected('', '');
        }
    };

    const select = (outputs) => {
        wanted = outputs;
        const target = view && view.target;
        if (!target) {
            return;
        }
        const chosen = outputs.map((name) => nodes.get(name)).filter((node) => node);
        window.clearTimeout(timer);
        const elements = target.select(chosen.length ? chosen : null, OWN);
        if (elements && elements.length) {
            target.scrollTo(elements, 'instant');
        }
        // Properties that show another node than the selected one would mislead.
        if (chosen.length && view._sidebar.identifier === 'node') {
            view.showNodeProperties(chosen[0], OWN);
        }
    };

    const fit = () => {
        const { width, height } = element('canvas').viewBox.baseVal;
        const container = element('target');
        view.target.zoom = Math.min(container.clientWidth / width, container.clientHeight / height);
        const zoom = view.target.zoom;
        const left = (zoom * width - container.clientWidth) / 2;
        const top = (zoom * height - container.clientHeight) / 2;
        container.scrollTo({ left, top, behavior: 'instant' });
    };

    const properties = () => {
        const chosen = view.target.selection.size ? [...view.target.selection][0] : null;
        if (chosen && chosen.activate) {
            chosen.activate('target');
        } else {
            view.showTargetProperties();
        }
    };

    const commands = {
        'fit': fit,
        'properties': properties,
        'zoom-in': () => view.zoomIn(),
        'zoom-out': () => view.zoomOut(),
        'zoom-reset': () => view.resetZoom(),
        'find': () => {
            view.find();  // which selects nothing
            select(wanted || []);
        },
        'direction': () => view.toggle('direction'),
        'svg': () => view.export('graph.svg'),
        'png': () => view.export('graph.png')
    };

    const run = async (name) => {
        if (view && view.target) {
            quiet = true;
            try {
                await commands[name]();
            } catch (error) {
                bridge.on_failed(error && error.message ? error.message : String(error));
            }
            quiet = false;
        }
    };

    const dress = (dark, background, accent) => {
        const root = window.document.documentElement;
        root.style.setProperty('--studio-background', background);
        root.style.setProperty('--studio-accent', accent);
        for (const sheet of window.document.styleSheets) {
            for (const rule of sheet.cssRules) {
                // The server has written one of these in place of the system's colour scheme.
                if (rule.media && ['all', 'not all'].includes(rule.media.mediaText)) {
                    rule.media.mediaText = dark ? 'all' : 'not all';
                }
            }
        }
    };

    // A drawing is there, or another one, or none while it is drawn again.
    const attach = (target) => {
        nodes = new Map();
        drawn = -1;
        if (!target) {
            return;
        }
        // Names are for what the window selects before it has read the model itself.
        for (const node of view.activeTarget.nodes) {
            nodes.set(node.name, node);
        }
        for (const node of view.activeTarget.nodes) {
            nodes.set(output(node), node);
        }
        drawn = view.activeTarget.nodes.length;
        target.on('selectionchange', (_, source) => {
            if (source !== OWN && bridge && !quiet) {
                window.clearTimeout(timer);
                timer = window.setTimeout(() => report(target), DEBOUNCE);
            }
        });
        // Netron ends the selection with every key; Escape is enough.
        const choose = target.select.bind(target);
        target.select = (selection, source) => {
            const key = !selection && window.event && window.event.type === 'keydown';
            return key && window.event.key !== 'Escape' ? null : choose(selection, source);
        };
        // A click selects; only with the properties open, or by a double click, it opens them.
        const activate = target.activate.bind(target);
        target.activate = (value, source) => {
            const open = view._sidebar.identifier !== '' || source !== 'target';
            return open ? activate(value, source) : target.select([value], source);
        };
        if (bridge) {
            bridge.on_drawn(drawn);
        }
        if (wanted) {
            // Netron measures and shows the page after it has set the drawing.
            window.setTimeout(() => select(wanted), 0);
        }
    };

    const watch = (found) => {
        view = found;
        const prototype = Object.getPrototypeOf(view);
        const own = Object.getOwnPropertyDescriptor(prototype, 'target');
        Object.defineProperty(view, 'target', {
            get: () => own.get.call(view),
            set: (value) => {
                own.set.call(view, value);
                attach(value);
            }
        });
        const render = view.render.bind(view);
        view.render = (target, signature) => {
            if (bridge && target && target.nodes) {
                bridge.on_drawing(target.nodes.length);
            }
            return render(target, signature);
        };
        const failed = view.error.bind(view);
        view.error = (error, name, screen) => {
            if (bridge) {
                bridge.on_failed(error && error.message ? error.message : String(error));
            }
            return failed(error, name, screen);
        };
        // The window opens files and pages; a page that left would not come back.
        view.host.execute = async () => {};
        view.host.openURL = () => {};
        element('target').addEventListener('dblclick', properties);
    };

    Object.defineProperty(window, '__view__', {
        configurable: true,
        get: () => view,
        set: watch
    });

    new window.QWebChannel(window.qt.webChannelTransport, (channel) => {
        bridge = channel.objects.bridge;
        bridge.select.connect(select);
        bridge.command.connect(run);
        bridge.dress.connect(dress);
        if (drawn >= 0) {
            bridge.on_drawn(drawn);
        }
        bridge.on_ready();
    });
})();
