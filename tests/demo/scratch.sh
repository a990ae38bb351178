# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A home directory that is made for a while, with the plugin and an account in it, and a service to
# sign in to. Read in by demo.sh and by the tests of the clients; it starts nothing by itself.

# make_home HOME PLUGIN: a home directory whose .purple holds the plugin, the emoticons and quiet
# preferences. $root is where the sources are.
# Pidgin starts with its buddy list as it was at the end of the last run, and iconifies it if there
# was none: hence list_visible. No router is asked to forward ports: map_ports.
make_home() {
    mkdir -p "$1/.purple/plugins" "$1/.purple/smileys" || return 1
    chmod 700 "$1" "$1/.purple" || return 1
    cp "$2" "$1/.purple/plugins/libmsnp8.so" || return 1
    cp -R "${root:?}/icons/emoticons" "$1/.purple/smileys/msnp8" || return 1
    cat >"$1/.purple/prefs.xml" <<'END'
<?xml version='1.0' encoding='UTF-8' ?>
<pref version='1' name='/'>
    <pref name='purple'>
        <pref name='network'>
            <pref name='map_ports' type='bool' value='0'/>
        </pref>
    </pref>
    <pref name='pidgin'>
        <pref name='sound'>
            <pref name='method' type='string' value='none'/>
        </pref>
        <pref name='docklet'>
            <pref name='show' type='string' value='never'/>
        </pref>
        <pref name='blist'>
            <pref name='show_offline_buddies' type='bool' value='1'/>
            <pref name='list_visible' type='bool' value='1'/>
            <pref name='width' type='int' value='320'/>
            <pref name='height' type='int' value='720'/>
        </pref>
    </pref>
    <pref name='finch'>
        <pref name='sound'>
            <pref name='method' type='string' value='nosound'/>
        </pref>
        <pref name='blist'>
            <pref name='size'>
                <pref name='width' type='int' value='36'/>
            </pref>
        </pref>
    </pref>
</pref>
END
}

xml_text() {
    printf '%s' "$1" | sed -e 's/&/\&amp;/g' -e 's/</\&lt;/g' -e 's/>/\&gt;/g' -e "s/'/\\&apos;/g"
}

# put_accounts HOME ADDRESS PASSWORD [ADDRESS PASSWORD]...: accounts that sign in when a client
# starts, to the service whose service.env was read in. With an empty password the client asks.
put_accounts() {
    accounts_xml=$1/.purple/accounts.xml
    shift
    {
        echo "<?xml version='1.0' encoding='UTF-8' ?>"
        echo "<account version='1.0'>"
        while [ $# -gt 1 ]; do
            echo '<account>'
            echo "<protocol>prpl-msnp8</protocol><name>$(xml_text "$1")</name>"
            [ -z "$2" ] || echo "<password>$(xml_text "$2")</password>"
            echo '<settings>'
            echo "<setting name='server' type='string'>localhost</setting>"
            echo "<setting name='port' type='int'>$MSNP8_DISPATCH_PORT</setting>"
            echo "<setting name='nexus_url' type='string'>$(xml_text "$MSNP8_NEXUS_URL")</setting>"
            echo '</settings>'
            for ui in gtk-gaim gnt-purple; do
                echo "<settings ui='$ui'>"
                echo "<setting name='auto-login' type='bool'>1</setting></settings>"
            done
            echo '</account>'
            shift 2
        done
        echo '</account>'
    } >"$accounts_xml"
    chmod 600 "$accounts_xml"
}

# trust HOME LEAF: libpurple takes this certificate for the one of "localhost".
trust() {
    mkdir -p "$1/.purple/certificates/x509/tls_peers" &&
        chmod 700 "$1/.purple/certificates/x509/tls_peers" &&
        cp "$2" "$1/.purple/certificates/x509/tls_peers/localhost"
}

# wait_for_service DIR PID: reads in DIR/service.env as soon as the service listens.
wait_for_service() {
    tries=200
    until [ -s "$1/service.env" ]; do
        tries=$((tries - 1))
        if [ $tries -eq 0 ] || ! kill -0 "$2" 2>/dev/null; then
            return 1
        fi
        sleep 0.05
    done
    # shellcheck disable=SC1091 # made by the service
    . "$1/service.env"
}

# exec_clean COMMAND...: becomes the command, with nothing in its environment of the desktop that
# the caller may be sitting at. To be called in a subshell or with "&".
exec_clean() {
    exec env -u DBUS_SESSION_BUS_ADDRESS -u DBUS_STARTER_ADDRESS -u SESSION_MANAGER \
        -u PURPLEHOME -u XDG_CONFIG_HOME -u XDG_DATA_HOME -u XDG_CACHE_HOME -u XDG_STATE_HOME \
        -u GTK_MODULES -u GTK2_RC_FILES -u GTK_IM_MODULE NO_AT_BRIDGE=1 "$@"
}
